"""Oracle of the official scores of the affect tasks (SemEval-2018 Task 1), by scipy and scikit-learn.

Regenerate: /path/to/venv/bin/python tooling/oracles/affect-metrics.py   (needs numpy, scipy, scikit-learn)
Writes packages/tasks/src/metrics/__fixtures__/affect-metrics.json:

numbers   {gold, prediction}: drawn in [0, 1] with three decimals; expected pearson, and pearsonUpperHalf over gold >= 0.5
classes   {gold, prediction} of -3..3, of 0..3, and of 0..3 where the gold values lack a class that is predicted; expected pearson and
          quadraticKappa, and both over gold != 0; kappa over the classes of the gold values, pairs outside them left out
labels    {gold, prediction}: lists of labels, some empty, one label that occurs nowhere; expected jaccard (1 where both are empty), microF1, macroF1
"""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.stats import pearsonr
from sklearn.metrics import cohen_kappa_score, f1_score, jaccard_score

SEED = 2018
ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "packages/tasks/src/metrics/__fixtures__/affect-metrics.json"
LABELS = ["anger", "anticipation", "disgust", "fear", "joy", "love", "optimism", "pessimism", "sadness", "surprise", "trust"]

random = np.random.default_rng(SEED)


def correlation(gold, prediction):
    return float(pearsonr(gold, prediction)[0])


def numbers():
    gold = np.round(random.uniform(0, 1, 60), 3)
    prediction = np.round(np.clip(0.6 * gold + 0.2 + random.normal(0, 0.2, 60), 0, 1), 3)
    upper = gold >= 0.5
    expected = {"pearson": correlation(gold, prediction), "pearsonUpperHalf": correlation(gold[upper], prediction[upper])}
    return {"gold": gold.tolist(), "prediction": prediction.tolist(), "expected": expected}


def classes(lowest, highest, missing=None):
    gold = random.integers(lowest, highest + 1, 80)
    if missing is not None:
        gold[gold == missing] = highest
    prediction = np.clip(gold + random.integers(-2, 3, 80), lowest, highest)
    some, observed = gold != 0, sorted(set(gold.tolist()))

    def kappa(gold, prediction):
        return float(cohen_kappa_score(gold, prediction, labels=observed, weights="quadratic"))

    expected = {
        "pearson": correlation(gold, prediction),
        "pearsonNonZero": correlation(gold[some], prediction[some]),
        "quadraticKappa": kappa(gold, prediction),
        "quadraticKappaNonZero": kappa(gold[some], prediction[some]),
    }
    return {"gold": gold.tolist(), "prediction": prediction.tolist(), "expected": expected}


def labels():
    chances = np.linspace(0.05, 0.5, len(LABELS))
    gold = random.uniform(size=(50, len(LABELS))) < chances
    prediction = gold ^ (random.uniform(size=gold.shape) < 0.15)
    gold[:, LABELS.index("trust")] = prediction[:, LABELS.index("trust")] = False
    gold[:3], prediction[:2] = False, False
    expected = {
        "jaccard": float(jaccard_score(gold, prediction, average="samples", zero_division=1)),
        "microF1": float(f1_score(gold, prediction, average="micro", zero_division=0)),
        "macroF1": float(f1_score(gold, prediction, average="macro", zero_division=0)),
    }
    names = lambda rows: [[label for label, on in zip(LABELS, row) if on] for row in rows]
    return {"gold": names(gold), "prediction": names(prediction), "expected": expected}


fixture = {
    "generator": "tooling/oracles/affect-metrics.py",
    "versions": {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "sklearn": sklearn.__version__,
    },
    "seed": SEED,
    "numbers": numbers(),
    "valenceClasses": classes(-3, 3),
    "levels": classes(0, 3),
    "levelsWithGap": classes(0, 3, missing=2),
    "labels": labels(),
}
TARGET.parent.mkdir(parents=True, exist_ok=True)
TARGET.write_text(json.dumps(fixture) + "\n")
print({name: part["expected"] for name, part in fixture.items() if isinstance(part, dict) and "expected" in part})
