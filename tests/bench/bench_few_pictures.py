"""How few pictures a network needs when another one has seen a million: ex10 from scratch and by transfer.

    tox -e bench-few-pictures
    tox -e bench-few-pictures -- --seeds 3 5 10 20 50    # the table of the handout

Of the test pictures of the clip art the share that is recognised, the mean of some seeds. A class that has fewer
pictures than asked for gives all it has. It judges nothing.
"""

from __future__ import annotations

import argparse
from typing import Any

import course_data
import keras
import numpy as np
from rich.console import Console
from rich.table import Table

from grader.kit.exercise import SOLUTIONS, find_exercise
from grader.testing.student import Student

SIZES = [5, 10, 20, 50]
BATCH, LEARNING_RATE = 32, 3e-3
# Both have stopped to improve by then: a head has little to learn.
EPOCHS = {"from scratch": 40, "by transfer": 20}
CLIP_ART_MEAN = np.array([103.939, 116.779, 123.68])  # blue, green, red


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="pictures of each class to learn from")
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    exercise = find_exercise("ex10")
    student = Student(SOLUTIONS / exercise.name / exercise.filename)
    table = Table(title="share of the test pictures that are recognised: mean, and the worst and the best seed")
    table.add_column("network")
    for size in arguments.sizes:
        table.add_column(f"{size} of each class", justify="right")
    for name in EPOCHS:
        row = []
        for size in arguments.sizes:
            shares = [measure(student, name, size, seed) for seed in range(arguments.seeds)]
            row.append(f"{np.mean(shares):.2f} ({min(shares):.2f} to {max(shares):.2f})")
        table.add_row(name, *row)
    Console(width=140).print(table)


def measure(student: Student, name: str, size: int, seed: int) -> float:
    """The accuracy on the test pictures after learning from `size` pictures of each class."""
    data, rng = course_data.load("clip_art"), np.random.default_rng(seed)
    classes = range(int(data.y_train.max()) + 1)
    chosen = np.concatenate([rng.permutation(np.flatnonzero(data.y_train == label))[:size] for label in classes])
    images, labels = data.x_train[chosen], data.y_train[chosen]
    keras.utils.set_random_seed(seed)
    if name == "by transfer":
        x, x_test = ((pictures[..., ::-1] - CLIP_ART_MEAN).astype("float32") for pictures in (images, data.x_test))
        model: Any = student.build_transfer_model(course_data.squeezenet(x.shape[1:]), len(classes))
    else:
        statistics = student.channel_statistics(images)
        x, x_test = (np.asarray(student.normalize(p, *statistics), "float32") for p in (images, data.x_test))
        model = student.build_cnn(x.shape[1:], len(classes))
    rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, EPOCHS[name] * -(-len(x) // BATCH))
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    model.fit(x, labels, batch_size=BATCH, epochs=EPOCHS[name], verbose=0)
    return float(np.mean(model.predict(x_test, batch_size=151, verbose=0).argmax(axis=1) == data.y_test))


if __name__ == "__main__":
    main()
