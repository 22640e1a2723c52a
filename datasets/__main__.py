"""`python -m datasets`: every data set with its shape and what a linear model reaches on it."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from datasets import NAMES, load


def main() -> None:
    print(f"{'name':<14} {'training':<12} {'test':<12} {'target':<12} linear model")
    for name in NAMES:
        x_train, y_train, x_test, y_test = load(name)
        classes = len(np.unique(y_train))
        regression = y_train.dtype.kind == "f"
        model = make_pipeline(StandardScaler(), Ridge() if regression else LogisticRegression(max_iter=1000))
        score = model.fit(x_train, y_train).score(x_test, y_test)
        kind = "R2" if regression else "accuracy"
        target = "number" if regression else f"{classes} classes"
        print(f"{name:<14} {x_train.shape!s:<12} {x_test.shape!s:<12} {target:<12} {kind} {score:.3f}")


if __name__ == "__main__":
    main()
