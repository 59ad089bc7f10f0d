"""Writes golden.json: five steps of PyTorch's optimizers on two small parameters.

Run with PyTorch 2.x: python golden.py > golden.json
The second parameter is a bias: no weight decay, and a learning-rate factor of
its own in the cases with groups. Gradients are drawn, not computed.
"""
import json
import torch

LR = [0.1, 0.1, 0.05, 0.02, 0.2]  # of each step
SCALE = [1.0, 0.5, 1.0, 0.25, 1.0]  # on the gradients


def run(name, config, make):
    g = torch.Generator().manual_seed(7)
    w = [torch.randn(3, 5, generator=g), torch.randn(5, generator=g)]
    w = [torch.nn.Parameter(t) for t in w]
    decay, factor = config.get("weight_decay", 0.0), config.get("factor", 1.0)
    opt = make([{"params": [w[0]], "weight_decay": decay}, {"params": [w[1]], "weight_decay": 0.0}])
    case = {"name": name, "config": config, "start": [t.flatten().tolist() for t in w], "steps": []}
    for lr, scale in zip(LR, SCALE):
        grads = [torch.randn(t.shape, generator=g) for t in w]
        for t, d in zip(w, grads):
            t.grad = d * scale
        opt.param_groups[0]["lr"], opt.param_groups[1]["lr"] = lr, lr * factor
        opt.step()
        case["steps"].append({
            "lr": lr, "scale": scale,
            "grads": [d.flatten().tolist() for d in grads],
            "want": [t.detach().flatten().tolist() for t in w],
        })
    return case


sgd, adamw = torch.optim.SGD, torch.optim.AdamW
print(json.dumps({"torch": torch.__version__, "cases": [
    run("sgd", {}, lambda p: sgd(p, lr=1)),
    run("sgd", {"weight_decay": 0.1, "factor": 0.3}, lambda p: sgd(p, lr=1)),
    run("momentum", {}, lambda p: sgd(p, lr=1, momentum=0.9)),
    run("momentum", {"momentum": 0.5, "weight_decay": 0.1, "factor": 2.0}, lambda p: sgd(p, lr=1, momentum=0.5)),
    run("nesterov", {"weight_decay": 0.1}, lambda p: sgd(p, lr=1, momentum=0.9, nesterov=True)),
    run("adam", {}, lambda p: adamw(p, lr=1)),
    run("adam", {"weight_decay": 0.2, "factor": 0.5}, lambda p: adamw(p, lr=1)),
    run("adam", {"beta1": 0.8, "beta2": 0.95, "eps": 0.01}, lambda p: adamw(p, lr=1, betas=(0.8, 0.95), eps=0.01)),
]}))
