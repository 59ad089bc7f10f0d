#!/usr/bin/env python3
"""Compare the photos' way into a net with torchvision, on the same files, in turns.

    python3 -m venv v && v/bin/pip install torch torchvision pillow numpy
    v/bin/python features/testdata/peer_torchvision.py ./podium [turns]

512 photos of 500x375, 64 of them different, are made and handed to both. Every figure is the
time that one thread keeps a core busy for a photo, medians over the turns of medians over 8
passes; waiting for the disk or for other programs does not count.

    resize   jpeg-resize-500x375: JPEG in memory, decoded and resized to 224x224 with
             antialiasing, by both
    ingest   photos-to-arrow: JPEG out of the zip, decoded, resized to 224x224 with
             antialiasing, written to disk (fsynced); torchvision decodes from memory
             and resizes, and keeps nothing. Both decode the photos whole: 224 is too much
             of 375 for a decoding at a part of the size
    augment  jpeg-augment-500x375: decoded, resized, rotated, shifted, sheared, zoomed
             and mirrored at random, normalised; torchvision does the same, once by
             RandomAffine, once by its cheaper RandomResizedCrop
"""
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import zipfile

import numpy as np
from PIL import Image

PHOTOS = 512

THEIRS = """
import json, statistics, sys, time, zipfile
import torch, torchvision
from torchvision.io import decode_jpeg
from torchvision.transforms import v2
torch.set_num_threads(1)
with zipfile.ZipFile(sys.argv[1]) as z:
    files = [torch.frombuffer(bytearray(z.read(n)), dtype=torch.uint8) for n in z.namelist()]
norm = [v2.ToDtype(torch.float32, scale=True), v2.Normalize([.485, .456, .406], [.229, .224, .225])]
flip = v2.RandomHorizontalFlip()
resize = v2.Resize((224, 224), antialias=True)
affine = v2.Compose([resize, v2.RandomAffine(15, (.1, .1), (.9, 1.1), 10, v2.InterpolationMode.BILINEAR), flip, *norm])
crop = v2.Compose([v2.RandomResizedCrop(224, antialias=True), flip, *norm])
out = {"version": torchvision.__version__}
for name, fn in (("ingest", resize), ("affine", affine), ("crop", crop)):
    times = []
    for _ in range(10):
        start = time.process_time()
        for f in files:
            fn(decode_jpeg(f))
        times.append(time.process_time() - start)
    out[name] = 1000 * statistics.median(times[2:]) / len(files)
print(json.dumps(out))
"""


def photo(rng, w=500, h=375):
    """Random grids, each finer and weaker than the one before, mostly grey."""
    out, amount, cells = np.full((h, w, 3), 120.0), 55.0, 3
    while cells < w // 2:
        grid = 0.9 * rng.normal(size=(cells, cells, 1)) + 0.3 * rng.normal(size=(cells, cells, 3))
        for c in range(3):
            out[..., c] += amount * np.asarray(Image.fromarray(grid[..., c].astype(np.float32)).resize((w, h), Image.BICUBIC))
        amount, cells = amount * 0.6, cells * 2
    out += rng.normal(size=(h, w, 1)) * 2
    return Image.fromarray(out.clip(0, 255).astype(np.uint8))


def make(path):
    rng, size = np.random.default_rng(1), 0
    with zipfile.ZipFile(path, "w") as z:
        for i in range(64):
            b = io.BytesIO()
            photo(rng).save(b, "JPEG", quality=85)
            size += b.tell()
            for n in range(i, PHOTOS, 64):
                z.writestr(f"train/{('cat', 'dog')[n % 2]}.{n}.jpg", b.getvalue())
    return size / 64


def ours(podium, path, jpeg):
    out = subprocess.run([podium, "bench", "--case", "jpeg-resize-500x375,photos-to-arrow,jpeg-augment-500x375", "--photos", path, "--threads", "1",
                          "--repeat", "8", "--json"], check=True, capture_output=True, text=True, env=os.environ | {"PODIUM_JPEG": jpeg}).stdout
    return [json.loads(line)["cpu_ms_median"] / PHOTOS for line in out.splitlines()]


def main(podium, turns=5):
    rows = {}
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "photos.zip")
        print(f"{PHOTOS} photos of 500x375, {make(path) / 1000:.1f} kB each")
        for _ in range(int(turns)):
            for jpeg in ("", "go"):
                for name, ms in zip(("resize", "ingest", "augment"), ours(podium, path, jpeg)):
                    rows.setdefault((name, jpeg), []).append(ms)
            t = json.loads(subprocess.run([sys.executable, "-c", THEIRS, path], check=True, capture_output=True, text=True).stdout)
            for name in ("ingest", "affine", "crop"):
                rows.setdefault(name, []).append(t[name])
    ms = {k: statistics.median(v) for k, v in rows.items()}
    print(f"torchvision {t['version']}: resize {ms['ingest']:.2f} ms, augment {ms['affine']:.2f} ms by RandomAffine, {ms['crop']:.2f} ms by RandomResizedCrop")
    for jpeg, name in (("", "libjpeg-turbo (where it is)"), ("go", "no libjpeg-turbo")):
        r, i, a = ms["resize", jpeg], ms["ingest", jpeg], ms["augment", jpeg]
        print(f"podium with {name}: resize {r:.2f} ms, {ms['ingest'] / r:.2f} times as fast; ingest {i:.2f} ms, {ms['ingest'] / i:.2f} times as fast; "
              f"augment {a:.2f} ms, {ms['affine'] / a:.2f} and {ms['crop'] / a:.2f} times")


if __name__ == "__main__":
    main(*sys.argv[1:])
