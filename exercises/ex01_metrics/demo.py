"""What the metrics say about a real classifier.

A linear model has seen only 100 handwritten digits. On the left, the confusion matrix of 449 digits that are
new to it: rows are the true digits, columns what it took them for, and everything beside the diagonal is a
mistake. On the right, one question asked of the same model: is this a 1? The more certain it has to be before
it says yes, the more often its yes is right (precision), and the more ones it misses (recall).
"""

from typing import Any

import course_data
import numpy as np
from matplotlib.figure import Figure
from sklearn.linear_model import LogisticRegression

BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"  # Okabe and Ito: also different to colour-blind eyes
DIGIT = 1


def draw(student: Any) -> Figure:
    """Measure the classifier with the student's functions, and draw what they say."""
    x, y, x_test, y_test = course_data.load("small_digits")
    model = LogisticRegression(C=10, max_iter=500).fit(x[:100] / 16, y[:100])
    prob = model.predict_proba(x_test / 16)

    figure = Figure(figsize=(9, 4.2), layout="constrained")
    matrix, curves = figure.subplots(1, 2, width_ratios=[1, 1.2])
    draw_matrix(student, matrix, y_test, prob)
    draw_threshold(student, curves, y_test == DIGIT, prob[:, DIGIT])
    return figure


def draw_matrix(student: Any, axes: Any, y_true: Any, prob: Any) -> None:
    y_pred = prob.argmax(axis=1)
    counts = np.asarray(student.confusion_matrix(y_true, y_pred, 10))
    axes.imshow(np.sqrt(counts), cmap="Blues")  # the root shows single mistakes beside forty right answers
    for (true, predicted), count in np.ndenumerate(counts):
        if count:
            colour = "white" if count > counts.max() / 3 else "black"
            axes.text(predicted, true, count, ha="center", va="center", fontsize=9, color=colour)
    accuracy, loss = student.accuracy(y_true, y_pred), student.cross_entropy(np.eye(10)[y_true], prob)
    axes.set_title(f"accuracy {float(accuracy):.1%}, cross-entropy {float(loss):.2f} nats", fontsize=11)
    axes.set(xlabel="predicted digit", ylabel="true digit", xticks=range(10), yticks=range(10))


def draw_threshold(student: Any, axes: Any, is_digit: Any, prob: Any) -> None:
    y_true = is_digit.astype(int)
    thresholds = np.linspace(0.01, 0.95, 95)
    styles = {"precision": (BLUE, "-"), "recall": (ORANGE, "--"), "f1_score": (GREEN, "-.")}
    for name, (colour, style) in styles.items():
        metric = getattr(student, name)
        values = [float(metric(y_true, (prob >= threshold).astype(int))) for threshold in thresholds]
        axes.plot(thresholds, values, style, color=colour, linewidth=2, label=name)
    axes.set_title(f"Is it a {DIGIT}?", fontsize=11)
    axes.set(xlabel=f"smallest probability of a {DIGIT} at which the answer is yes", ylim=(0, 1.03), xlim=(0, 0.95))
    axes.legend(loc="lower left")
    axes.grid(alpha=0.3)
