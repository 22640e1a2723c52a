"""`python -m course_data`: what there is, with shapes and sizes; pictures of it; what a linear model reaches on it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from course_data import CLASSES, NAMES, PAINTINGS, PHOTOS, DamagedFileError, load, load_austen
from course_data.contact_sheet import SHEETS, contact_sheet
from course_data.shipped import FOLDER, MissingFileError, checksums

ABSENT = "not in this kit: it comes with the exercises that use it"


def list_sets() -> None:
    """One line for every set, one for every shipped file."""
    print(f"{'name':<14} {'training':<18} {'test':<18} target")
    for name in NAMES:
        try:
            split = load(name)
        except MissingFileError:
            print(f"{name:<14} {ABSENT}")
            continue
        target = "number" if split.y_train.dtype.kind == "f" else f"{len(np.unique(split.y_train))} classes"
        print(f"{name:<14} {_shape(split.x_train):<18} {_shape(split.x_test):<18} {target}")
    try:
        novel = load_austen()
        print(f"{'austen':<14} {f'{len(novel.train):,} characters':<18} {f'{len(novel.test):,} characters':<18} text")
    except MissingFileError:
        print(f"{'austen':<14} {ABSENT}")
    print(f"{'pictures':<14} {', '.join(PHOTOS + PAINTINGS)}")
    sizes = {name: (FOLDER / name).stat().st_size for name in checksums(FOLDER) if (FOLDER / name).exists()}
    print("\n" + "\n".join(f"{name:<18} {size:>10,} bytes" for name, size in sizes.items()))
    print(f"{'together':<18} {sum(sizes.values()):>10,} bytes in {FOLDER}")


def print_baselines() -> None:
    """Print what a linear model reaches: standardised inputs, every second row and column of pixels, TF-IDF of words"""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    for name in NAMES:
        try:
            x_train, y_train, x_test, y_test = load(name)
        except MissingFileError:
            print(f"{name:<14} {ABSENT}")
            continue
        if name in CLASSES:
            steps = [LogisticRegression(C=0.01, max_iter=1000)]
            x_train, x_test = (x[:, ::2, ::2].reshape(len(x), -1) / 255 for x in (x_train, x_test))
        elif name == "reviews":
            steps = [TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=10, max_iter=1000)]
        else:
            number = y_train.dtype.kind == "f"
            steps = [StandardScaler(), Ridge() if number else LogisticRegression(max_iter=1000)]
        score = make_pipeline(*steps).fit(x_train, y_train).score(x_test, y_test)
        print(f"{name:<14} {'R2' if y_train.dtype.kind == 'f' else 'accuracy'} {score:.3f}")


def _shape(x: NDArray | list[str]) -> str:
    return f"{len(x):,} sentences" if isinstance(x, list) else str(x.shape)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m course_data", description="List the data sets of the course.")
    parser.add_argument("--baselines", action="store_true", help="what a linear model reaches on each (a minute)")
    parser.add_argument("--sheet", choices=SHEETS, help="draw a contact sheet of this set")
    parser.add_argument("--out", type=Path, help="the PNG file of the contact sheet (default: NAME.png)")
    arguments = parser.parse_args()
    try:
        if arguments.sheet:
            path = arguments.out or Path(f"{arguments.sheet}.png")
            contact_sheet(arguments.sheet).savefig(path)
            print(path)
        elif arguments.baselines:
            print_baselines()
        else:
            list_sets()
    except (DamagedFileError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
