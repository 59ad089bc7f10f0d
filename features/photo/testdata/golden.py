#!/usr/bin/env python3
"""Photos of all kinds and what PIL makes of them, for golden_test.go.

    pip install pillow==12.* numpy==2.*
    python golden.py            # writes *.jpg, *.png and golden.json beside itself

Every file is decoded by PIL, turned upright (ImageOps.exif_transpose), put over
white where it is transparent, and resized by Image.resize, whose filters widen
with the shrinking. The last case is large enough for libjpeg's scaled decoding.
"""
import base64
import json
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(5)


def picture(w, h, channels=3, fine=12):
    """Smooth random surfaces, as photos are."""
    out = np.zeros((h, w, channels))
    for n, amount in ((3, 90), (6, 50), (fine, 25)):
        for c in range(channels):
            a = Image.fromarray(rng.normal(0, 1, (n, n)).astype(np.float32))
            out[..., c] += amount * np.asarray(a.resize((w, h), Image.BICUBIC))
    return (out + 128).clip(0, 255).astype(np.uint8)


def png16(path, pixels, colour):
    """PIL writes no RGB of 16 bits."""
    h, w = pixels.shape[:2]
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 16, colour, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


W, H = 61, 47
colour, grey = picture(W, H), picture(W, H, 1)[..., 0]
alpha = picture(W, H, 4)
files = {}


def save(name, image, **options):
    image.save(here / name, **options)
    files[name] = image


rgb = Image.fromarray(colour)
for name, s in (("444", 0), ("422", 1), ("420", 2)):
    save(f"baseline-{name}.jpg", rgb, quality=92, subsampling=s)
save("progressive.jpg", rgb, quality=92, progressive=True)
save("progressive-grey.jpg", Image.fromarray(grey), quality=92, progressive=True)
save("restart.jpg", rgb, quality=92, restart_marker_blocks=3)
save("grey.jpg", Image.fromarray(grey), quality=92)
save("cmyk.jpg", rgb.convert("CMYK"), quality=92)
save("rgb.jpg", rgb, quality=92, keep_rgb=True)
for o in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = o
    save(f"exif-{o}.jpg", rgb, quality=92, exif=exif)
save("rgb.png", rgb)
save("grey.png", Image.fromarray(grey))
save("bits.png", Image.fromarray(grey > 128))
save("palette.png", rgb.quantize(20))
save("transparent-palette.png", rgb.quantize(20), transparency=3)
save("rgba.png", Image.fromarray(alpha))
save("grey-alpha.png", Image.fromarray(alpha[..., :2], "LA"))
deep = (colour.astype(np.uint16) << 8) + rng.integers(0, 256, colour.shape).astype(np.uint16)
png16(here / "rgb-16.png", deep, 2)
png16(here / "grey-16.png", deep[..., 0], 0)

filters = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS, "area": Image.BOX}
cases = []


def upright(path):
    image = ImageOps.exif_transpose(Image.open(path))
    if path.name == "rgb-16.png":
        return Image.fromarray((deep >> 8).astype(np.uint8))
    if path.name == "grey-16.png":
        return Image.fromarray((deep[..., 0] >> 8).astype(np.uint8))
    if image.mode in ("LA", "RGBA") or "transparency" in image.info:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image


def case(name, w, h, mode="squash", filter="bilinear", channels=3):
    image = upright(here / name)
    image = image.convert("RGB") if channels == 3 else image.convert("L")
    box, size, at = None, (w, h), (0, 0)
    if mode == "crop":
        s = max(w / image.width, h / image.height)
        bw, bh = w / s, h / s
        left, top = max((image.width - bw) / 2, 0), max((image.height - bh) / 2, 0)
        box = (left, top, min(left + bw, image.width), min(top + bh, image.height))
    elif mode == "fit":
        s = min(w / image.width, h / image.height)
        size = (max(round(image.width * s), 1), max(round(image.height * s), 1))
        at = ((w - size[0]) // 2, (h - size[1]) // 2)
    small = image.resize(size, filters[filter], box=box)
    if mode == "fit":
        whole = Image.new(small.mode, (w, h))
        whole.paste(small, at)
        small = whole
    cases.append({"file": name, "width": w, "height": h, "mode": mode, "filter": filter, "channels": channels,
                  "original": list(upright(here / name).size), "pixels": base64.b64encode(small.tobytes()).decode()})


for name in sorted(files) + ["rgb-16.png", "grey-16.png"]:
    case(name, 20, 24)
    case(name, 17, 13, channels=1)
for filter in filters:
    for w, h in ((13, 11), (61, 47), (90, 70), (61, 5), (1, 1)):
        case("rgb.png", w, h, filter=filter)
for mode in ("crop", "fit"):
    for name in ("rgb.png", "baseline-420.jpg", "exif-6.jpg", "grey.png"):
        for w, h in ((24, 24), (10, 30), (31, 9)):
            case(name, w, h, mode)
Image.fromarray(picture(423, 309, fine=40)).save(here / "large.jpg", quality=85)
for filter in filters:
    case("large.jpg", 40, 30, filter=filter)
case("large.jpg", 30, 20, "crop")
case("large.jpg", 40, 30, channels=1)
(here / "golden.json").write_text(json.dumps(cases, indent=0) + "\n")
