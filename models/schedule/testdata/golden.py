"""Writes golden.json: learning rates of PyTorch's own schedulers.

    python golden.py > golden.json        # torch 2.x, CPU

one_cycle is OneCycleLR, cosine is CosineAnnealingLR, step is StepLR. golden.json
is what torch 2.15.0 gave.
"""
import json
import warnings

import torch
from torch.optim import lr_scheduler as ls

warnings.filterwarnings("ignore")


def rates(lr, steps, make):
    opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    sched = make(opt)
    out = [opt.param_groups[0]["lr"]]
    for _ in range(steps - 1):
        opt.step()
        sched.step()
        out.append(opt.param_groups[0]["lr"])
    return out


def one_cycle(lr, steps, warm, start, final):
    want = rates(lr, steps, lambda o: ls.OneCycleLR(
        o, lr, total_steps=steps, pct_start=warm, div_factor=start, final_div_factor=final, cycle_momentum=False))
    return {"name": "one_cycle", "lr": lr, "steps": steps, "warm_up": warm,
            "start_div": start, "final_div": final, "want": want}


def cosine(lr, steps, floor):
    want = rates(lr, steps, lambda o: ls.CosineAnnealingLR(o, T_max=steps, eta_min=floor))
    return {"name": "cosine", "lr": lr, "steps": steps, "floor": floor, "want": want}


def step(lr, steps, every, factor):
    want = rates(lr, steps, lambda o: ls.StepLR(o, step_size=every, gamma=factor))
    return {"name": "step", "lr": lr, "steps": steps, "every": every, "factor": factor, "want": want}


cases = [
    one_cycle(0.1, 20, 0.3, 25, 1e4),
    one_cycle(3e-3, 101, 0.25, 10, 1e3),
    one_cycle(1.0, 7, 0.5, 25, 1e4),
    one_cycle(0.01, 300, 0.3, 25, 1e4),
    cosine(0.1, 20, 0),
    cosine(3e-3, 101, 1e-4),
    step(0.1, 20, 7, 0.1),
    step(0.05, 30, 4, 0.7),
]
print(json.dumps({"torch": torch.__version__, "cases": cases}, indent=1))
