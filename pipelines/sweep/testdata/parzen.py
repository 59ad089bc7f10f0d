# Makes parzen.json: densities of Optuna's Parzen estimator over a mixed space.
#   pip install optuna==5.0.0 && python parzen.py > parzen.json
# lr is a fraction by factors, epochs a whole number, net a choice, rotate a fraction.
# Densities over fractions are given per unit of the cube, as parzen has them.
import json, math
import numpy as np
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import default_weights

space = {
    "lr": FloatDistribution(1e-4, 1e-1, log=True),
    "epochs": IntDistribution(2, 60),
    "net": CategoricalDistribution(["a", "b", "c"]),
    "rotate": FloatDistribution(0, 20),
}
parameters = _ParzenEstimatorParameters(1.0, True, False, default_weights, True)
rng = np.random.RandomState(1)


def draw(n):
    return {
        "lr": np.array([float(f"{x:.4g}") for x in np.exp(rng.uniform(math.log(1e-4), math.log(1e-1), n))]),
        "epochs": 2.0 + rng.permutation(59)[:n],  # none twice: how ties are sorted is numpy's secret
        "net": rng.randint(0, 3, n).astype(float),
        "rotate": np.array([float(f"{x:.4g}") for x in rng.uniform(0, 20, n)]),
    }


def rows(points):
    return [[repr(float(l)), str(int(e)), "abc"[int(c)], repr(float(r))] for l, e, c, r in zip(*(points[k] for k in space))]


cases = []
for n in (0, 1, 2, 7, 40):
    seen, asked = draw(n), draw(6)
    density = _ParzenEstimator(seen, space, parameters).log_pdf(asked)
    # Optuna's are per unit of log(lr) and of rotate.
    density = density + math.log(math.log(1e3)) + math.log(20)
    cases.append({"points": rows(seen), "at": rows(asked), "log_density": density.tolist()})
print(json.dumps(cases, indent=1))
