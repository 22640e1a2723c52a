"""How many digits of ex09 a reader needs to learn from: features by hand against networks. It judges nothing.

    tox -e bench-learning-curves
    tox -e bench-learning-curves -- --seeds 1 100 1000 8000    # the table of the handout

Of all test digits the share that is read, the mean of some seeds. All networks make as many steps, whatever the number
of digits: those of the capstone's training with all 8,000. The augmented one sees new shifts in each epoch.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import course_data
import keras
import numpy as np
from rich.console import Console
from rich.table import Table

from grader.kit.exercise import SOLUTIONS, find_exercise
from grader.testing.student import Student

SIZES = [100, 300, 1000, 3000, 8000]
BATCH, STEPS, LEARNING_RATE = 32, 1250, 0.003
MAX_SHIFT = 3


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="numbers of digits to learn from")
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    exercise = find_exercise("ex09")
    student = Student(SOLUTIONS / exercise.name / exercise.filename)
    table = Table(title=f"share of test digits that are read, and of those moved by up to {MAX_SHIFT} pixels")
    table.add_column("reader")
    for size in arguments.sizes:
        table.add_column(f"{size:,}", justify="right")
    for name, learn in READERS.items():
        shares = [
            np.mean([measure(student, learn, size, seed) for seed in range(arguments.seeds)], axis=0)
            for size in arguments.sizes
        ]
        table.add_row(name, *(f"{middle:.3f} / {moved:.3f}" for middle, moved in shares))
    Console(width=140).print(table)


def measure(student: Student, learn: Callable[..., np.ndarray], size: int, seed: int) -> tuple[float, float]:
    """What is read after learning from `size` digits: in the middle, and moved."""
    data, rng = course_data.load("digits"), np.random.default_rng(seed)
    chosen = rng.permutation(len(data.x_train))[:size]
    moved = np.asarray(student.augment(data.x_test, MAX_SHIFT, rng))
    keras.utils.set_random_seed(seed)
    read = learn(student, data.x_train[chosen], data.y_train[chosen], np.concatenate([data.x_test, moved]), rng)
    middle, moved_share = (np.asarray(read).reshape(2, -1) == data.y_test).mean(axis=1)
    return float(middle), float(moved_share)


def by_hand(student: Any, images: np.ndarray, labels: np.ndarray, new: np.ndarray, _: Any) -> np.ndarray:
    return student.recognise_traditionally(images, labels, new)


def by_network(build: str, augmented: bool = False) -> Callable[..., np.ndarray]:
    def learn(student: Any, images: np.ndarray, labels: np.ndarray, new: np.ndarray, rng: Any) -> np.ndarray:
        model = getattr(student, build)()
        rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, STEPS)
        model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
        order = np.concatenate([rng.permutation(len(images)) for _ in range(-(-STEPS * BATCH // len(images)))])
        order = order[: STEPS * BATCH]
        seen = images[order]
        if augmented:
            seen = np.asarray(student.augment(seen, MAX_SHIFT, rng))
        model.fit(student.prepare(seen), labels[order], batch_size=BATCH, shuffle=False, verbose=0)
        return model.predict(student.prepare(new), batch_size=500, verbose=0).argmax(axis=1)

    return learn


READERS = {
    "features by hand": by_hand,
    "multi-layer perceptron": by_network("build_mlp"),
    "convolutional network": by_network("build_cnn"),
    "convolutional network, moved copies": by_network("build_cnn", augmented=True),
}


if __name__ == "__main__":
    main()
