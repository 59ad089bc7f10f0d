"""Writes golden.json: what PyTorch gives for small cases of every operation that
engine/ref implements. Run with PyTorch 2 (made with 2.15.0): python golden.py

Tensors are stored flat in the layouts of package engine: images NHWC, kernels
RSCK, dense weights [in, out].
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(7)
torch.use_deterministic_algorithms(True)


def rand(*shape, grad=False):
    """Random values with few digits, so that the file stays small and exact."""
    return (torch.round(torch.randn(*shape) * 64) / 64).requires_grad_(grad)


def flat(t):
    return [float(f"{v:.8g}") for v in t.detach().reshape(-1).tolist()]


def nhwc(t):
    return flat(t.permute(0, 2, 3, 1))


def rsck(t):
    return flat(t.permute(2, 3, 1, 0))


def gemm(m, n, k, ta, tb, acc, bias, relu):
    a, b, c, v = rand(m, k), rand(k, n), rand(m, n), rand(n)
    y = a @ b + (c if acc else 0) + (v if bias else 0)
    y = y.relu() if relu else y
    return dict(M=m, N=n, K=k, TransA=ta, TransB=tb, Accumulate=acc, ReLU=relu,
                a=flat(a.T if ta else a), b=flat(b.T if tb else b), c=flat(c),
                bias=flat(v) if bias else None, want=flat(y))


def conv(n, h, w, c, k, r, s, sh, sw, ph, pw, bias, relu):
    x, wt, v = rand(n, c, h, w, grad=True), rand(k, c, r, s, grad=True), rand(k, grad=True)
    z = F.conv2d(x, wt, v if bias else None, stride=(sh, sw), padding=(ph, pw))
    y = z.relu() if relu else z
    dy = rand(*z.shape)
    z.backward(dy)
    return dict(N=n, H=h, W=w, C=c, K=k, R=r, S=s, StrideH=sh, StrideW=sw, PadH=ph, PadW=pw, ReLU=relu,
                x=nhwc(x), weights=rsck(wt), bias=flat(v) if bias else None, y=nhwc(y), dy=nhwc(dy),
                dx=nhwc(x.grad), dw=rsck(wt.grad), dbias=flat(v.grad) if bias else None)


def pool(n, h, w, c, r, s, sh, sw, ph, pw):
    out = dict(N=n, H=h, W=w, C=c, R=r, S=s, StrideH=sh, StrideW=sw, PadH=ph, PadW=pw)
    start = torch.round(torch.randn(n, c, h, w) * 3) / 4  # few values: ties
    for name, f in (("max", lambda x: F.max_pool2d(x, (r, s), (sh, sw), (ph, pw))),
                    ("avg", lambda x: F.avg_pool2d(x, (r, s), (sh, sw), (ph, pw), count_include_pad=False))):
        x = start.clone().requires_grad_()
        y = f(x)
        if name == "max":
            dy = rand(*y.shape)
            out.update(x=nhwc(x), dy=nhwc(dy))
        y.backward(dy)
        out.update({name: nhwc(y), name + "_dx": nhwc(x.grad)})
    return out


def batchnorm(rows, cols, eps, momentum, relu):
    x, gamma, beta = rand(rows, cols, grad=True), rand(cols, grad=True), rand(cols, grad=True)
    rm, rv = rand(cols), rand(cols).abs() + 0.5
    out = dict(Rows=rows, Cols=cols, Eps=eps, Momentum=momentum, ReLU=relu,
               x=flat(x), gamma=flat(gamma), beta=flat(beta), run_mean=flat(rm), run_var=flat(rv))
    act = (lambda t: t.relu()) if relu else (lambda t: t)
    out["eval"] = flat(act(F.batch_norm(x, rm, rv, gamma, beta, False, momentum, eps)))
    y = act(F.batch_norm(x, rm, rv, gamma, beta, True, momentum, eps))
    dy = rand(rows, cols)
    y.backward(dy)
    out.update(y=flat(y), run_mean_after=flat(rm), run_var_after=flat(rv), dy=flat(dy),
               dx=flat(x.grad), dgamma=flat(gamma.grad), dbeta=flat(beta.grad))
    return out


def cross_entropy(rows, cols, spread):
    x = (rand(rows, cols) * spread).requires_grad_()
    t = torch.softmax(rand(rows, cols) * 2, 1)
    t[0] = F.one_hot(torch.tensor(cols - 1), cols)
    loss = F.cross_entropy(x, t, reduction="none")
    loss.mean().backward()
    return dict(Rows=rows, Cols=cols, x=flat(x), target=flat(t), softmax=flat(torch.softmax(x, 1)),
                loss=flat(loss), mean=loss.mean().item(), dx=flat(x.grad))


def optimiser(make, steps=3, params=(7, 5), lrs=(1.0, 0.5), **kw):
    """Parameters with their own learning rates and decays, a few steps."""
    decay = kw.pop("decay", (0.0, 0.0))
    w = [rand(n, grad=True) for n in params]
    lr = kw.pop("lr")
    opt = make([dict(params=[p], lr=lr * f, weight_decay=d) for p, f, d in zip(w, lrs, decay)], lr=lr, **kw)
    out = dict(lr=lr, lrs=list(lrs), decay=list(decay), start=[flat(p) for p in w], steps=[],
               **{k: v for k, v in kw.items() if k != "betas"})
    if "betas" in kw:
        out.update(beta1=kw["betas"][0], beta2=kw["betas"][1])
    for _ in range(steps):
        for p in w:
            p.grad = rand(*p.shape)
        opt.step()
        out["steps"].append(dict(g=[flat(p.grad) for p in w], w=[flat(p) for p in w]))
    return out


golden = dict(
    gemm=[gemm(3, 4, 5, False, False, False, False, False), gemm(4, 3, 2, True, False, False, True, True),
          gemm(2, 5, 3, False, True, True, True, False), gemm(1, 1, 6, True, True, True, False, True)],
    conv=[conv(2, 5, 6, 3, 4, 3, 3, 1, 1, 0, 0, True, True), conv(1, 7, 5, 2, 3, 3, 2, 2, 1, 1, 0, False, False),
          conv(1, 6, 7, 1, 2, 5, 3, 3, 2, 2, 1, True, False), conv(2, 3, 3, 4, 5, 1, 1, 1, 1, 0, 0, False, True)],
    pool=[pool(2, 4, 6, 3, 2, 2, 2, 2, 0, 0), pool(1, 7, 6, 2, 3, 3, 2, 2, 1, 1),
          pool(1, 5, 7, 1, 3, 2, 1, 2, 1, 0), pool(1, 5, 5, 2, 2, 2, 2, 2, 0, 0)],
    batchnorm=[batchnorm(6, 3, 1e-5, 0.1, False), batchnorm(9, 4, 1e-3, 0.3, True), batchnorm(2, 1, 1e-5, 0.1, False)],
    cross_entropy=[cross_entropy(3, 10, 1), cross_entropy(4, 3, 40)],
    adam=[optimiser(torch.optim.AdamW, lr=0.01, betas=(0.9, 0.999), eps=1e-8),
          optimiser(torch.optim.AdamW, lr=0.1, betas=(0.8, 0.95), eps=1e-3, decay=(0.1, 0.01))],
    sgd=[optimiser(torch.optim.SGD, lr=0.1), optimiser(torch.optim.SGD, lr=0.1, momentum=0.9, decay=(0.05, 0.0)),
         optimiser(torch.optim.SGD, lr=0.05, momentum=0.8, nesterov=True, decay=(0.0, 0.1))],
)

path = pathlib.Path(__file__).with_name("golden.json")
path.write_text("{\n" + ",\n".join(
    f'"{op}": [\n' + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]"
    for op, cases in golden.items()) + "\n}\n")
