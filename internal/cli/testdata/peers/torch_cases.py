"""Measures one of podium's benchmark cases with PyTorch.

    python torch_cases.py CASE MODE REPEAT THREADS

Prints a JSON object like a line of `podium bench --json`, and in "bare_rss_mb"
what the process held before it made the net. A mode is how the images lie in
memory (nchw, channels_last), or compiled: by torch.compile, forwards with frozen
weights. Optimizers are PyTorch's fused ones, its fastest. A case that ends with
-bf16 is that case with a net and images in bfloat16, or, in the mode autocast,
compiled with those operations in bfloat16 that PyTorch takes it for.
"""
import json
import statistics
import sys
import time

MODES = ("nchw", "channels_last", "compiled", "autocast")
BF16 = "-bf16"
CASES = ("sgemm-1024", "mnist-cnn-train-b64", "vgg16-forward-b8", "vgg16-train-b8", "resnet50-forward-b8",
         "resnet50-train-b8", "head-25088-256-train-b64", "vgg16-forward-b8" + BF16, "resnet50-forward-b8" + BF16)
WARM_UPS = 2


def modes(case):
    """The modes that there are of a case."""
    if case.endswith(BF16):
        return MODES
    return MODES[:1] if case == "sgemm-1024" else MODES[:3]


def memory(field):
    """VmRSS or VmHWM of this process in MB; 0 where the system does not say."""
    try:
        return next(int(l.split()[1]) * 1024 / 1e6 for l in open("/proc/self/status") if l.startswith(field))
    except (OSError, StopIteration):
        return 0


def mnist(nn):
    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10))


def head(nn):
    return nn.Sequential(nn.Flatten(), nn.Linear(25088, 256), nn.ReLU(), nn.Dropout(0.5), nn.Linear(256, 2))


def gemm(torch):
    a, b, c = torch.rand(1024, 1024), torch.rand(1024, 1024), torch.empty(1024, 1024)
    return lambda: torch.mm(a, b, out=c)


def turn(torch, case, mode):
    """What is measured, as a function of no arguments."""
    if case == "sgemm-1024":
        return gemm(torch)
    import torchvision
    bf16 = case.endswith(BF16)
    case = case.removesuffix(BF16)
    name, what = case.rsplit("-", 2)[0], case.split("-")[-2]
    net, shape, classes, adam = {
        "mnist-cnn": lambda: (mnist(torch.nn), (64, 1, 28, 28), 10, True),
        "vgg16": lambda: (torchvision.models.vgg16(), (8, 3, 224, 224), 1000, False),
        "resnet50": lambda: (torchvision.models.resnet50(), (8, 3, 224, 224), 1000, False),
        "head-25088-256": lambda: (head(torch.nn), (64, 512, 7, 7), 2, True),
    }[name]()
    x = 2 * torch.rand(shape) - 1
    y = torch.arange(shape[0]) % classes
    if mode != "nchw":
        net, x = net.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    if bf16 and mode != "autocast":
        net, x = net.bfloat16(), x.bfloat16()
    return forward(torch, net, x, mode) if what == "forward" else train(torch, net, x, y, adam, mode)


def forward(torch, net, x, mode):
    net.eval()
    if mode in ("compiled", "autocast"):
        import torch._inductor.config
        torch._inductor.config.freezing = True
        net = torch.compile(net)

    def run():
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=mode == "autocast"):
            net(x).float().softmax(1)
    return run


def train(torch, net, x, y, adam, mode):
    if adam:
        update = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
    else:
        update = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9, fused=True)
    net.train()
    if mode == "compiled":
        net = torch.compile(net)

    def run():
        update.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(net(x), y)
        loss.backward()
        update.step()
        return loss.item()
    return run


def main():
    case, mode, repeat, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    import torch
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    bare = memory("VmRSS")
    run, times = turn(torch, case, mode), []
    for i in range(WARM_UPS + repeat):
        start = time.perf_counter()
        run()
        if i >= WARM_UPS:
            times.append(1e3 * (time.perf_counter() - start))
    print(json.dumps({"case": case, "mode": mode, "ms_min": min(times), "ms_median": statistics.median(times),
                      "peak_rss_mb": memory("VmHWM"), "bare_rss_mb": bare, "threads": torch.get_num_threads(), "torch": torch.__version__}))


if __name__ == "__main__":
    main()
