"""A network that has read *Pride and Prejudice* continues writing, at three temperatures.

On the left the same beginning, in grey, continued by the network: cold it repeats what is most probable, hot it
invents words. On the right, how many bits it needs for a character of the last chapters, which it has not read, beside
`ngram_probabilities`, which counts: how often each character comes, and how often after the last one, two or four.
"""

from __future__ import annotations

import textwrap
from typing import Any

import course_data
import keras
import numpy as np
from matplotlib.figure import Figure

SEED = 12
LENGTH = 50
EPOCHS, BATCH_SIZE, LEARNING_RATE = 2, 32, 0.01
PROMPT = "it is a truth universally acknowledged, that a single man "
TEMPERATURES = (0.2, 0.7, 1.5)
WRITTEN = 170
ORDERS = {0: "counting characters", 1: "counting pairs", 2: "counting triples", 4: "counting fives"}
# Colours that people with any colour vision can tell apart (Okabe and Ito).
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#6b6b6b"


def draw(student: Any) -> Figure:
    """Texts at three temperatures and the ladder of models, made with the student's functions."""
    # Line breaks become spaces: where the lines of a printed page end, nobody can predict.
    train, test = (" ".join(text.split()) for text in course_data.load_austen())
    alphabet = student.build_alphabet(train)
    ids, test_ids = student.encode(train, alphabet), student.encode(test, alphabet)
    model = train_model(student, ids, len(alphabet))

    figure = Figure(figsize=(11, 4.4), layout="constrained")
    texts, ladder = figure.subplots(1, 2, width_ratios=[1.45, 1])
    rng = np.random.default_rng(SEED)
    write(texts, [student.generate(model, alphabet, PROMPT, WRITTEN, t, rng) for t in TEMPERATURES])
    bits = {name: bits_of_counting(student, ids, test_ids, len(alphabet), order) for order, name in ORDERS.items()}
    draw_ladder(ladder, bits, student.bits_per_character(model, test_ids, LENGTH))
    return figure


def train_model(student: Any, ids: np.ndarray, alphabet_size: int) -> keras.Model:
    """The student's model after it has read the book twice."""
    inputs, targets = student.make_windows(ids, LENGTH, LENGTH)
    inputs, targets = np.asarray(inputs), np.asarray(targets)
    keras.utils.set_random_seed(SEED)
    model = student.build_model(alphabet_size, LENGTH)
    steps = EPOCHS * -(-len(inputs) // BATCH_SIZE)
    rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)
    model.compile(keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
    model.fit(inputs, targets, epochs=EPOCHS, batch_size=BATCH_SIZE, verbose=0)
    return model


def bits_of_counting(student: Any, ids: np.ndarray, test_ids: np.ndarray, alphabet_size: int, order: int) -> float:
    """Bits per character of what the student counts after the last `order` characters."""
    windows, targets = (np.asarray(part) for part in student.make_windows(test_ids, max(order, 1), 1))
    contexts, came = windows[:, windows.shape[1] - order :], targets[:, -1]
    probabilities = np.asarray(student.ngram_probabilities(ids, contexts, alphabet_size))
    return float(-np.log2(probabilities[np.arange(len(came)), came]).mean())


def write(axes: Any, texts: list[str]) -> None:
    """One paragraph for each temperature: the beginning in grey, what the network wrote in black."""
    axes.axis("off")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    y = 1.0
    for temperature, text in zip(TEMPERATURES, texts, strict=True):
        axes.text(0, y, f"temperature {temperature:g}", color=BLUE, weight="bold", va="top")
        y -= 0.07
        left = len(PROMPT)
        for line in textwrap.wrap(text, 60, drop_whitespace=False):
            given, new = line[:left], line[left:]
            left -= len(given)
            axes.text(0, y, given, color=GREY, family="monospace", fontsize=9, va="top")
            axes.text(0, y, " " * len(given) + new, family="monospace", fontsize=9, va="top")
            y -= 0.055
        y -= 0.045


def draw_ladder(axes: Any, bits: dict[str, float], own: float) -> None:
    rungs = sorted([*bits.items(), ("your network", float(own))], key=lambda rung: -rung[1])
    names, values = zip(*rungs, strict=True)
    bars = axes.barh(names, values, color=[BLUE if name in bits else ORANGE for name in names], height=0.65)
    axes.bar_label(bars, fmt="%.2f", padding=3)
    axes.set(title="Bits per character of unseen text", xlim=(0, 1.15 * max(values)))
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
