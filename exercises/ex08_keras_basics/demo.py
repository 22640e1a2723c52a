"""A network that learns by heart, one that tells three wines apart, one that predicts the course of diabetes.

On the left a wide network, trained on 100 patients: how surprised it is by others, epoch by epoch, as it is, stopped
early, and with dropout. In the middle what the second says of wines that it has never seen, on the right the
predictions of the third for patients that it has never seen: the closer to the diagonal, the better.
"""

from __future__ import annotations

from typing import Any

import course_data
import keras
import numpy as np
from matplotlib.figure import Figure
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

SEED = 8
WINES = ("Barolo", "Grignolino", "Barbera")
# Colours that people with any colour vision can tell apart (Okabe and Ito).
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"


def draw(student: Any) -> Figure:
    """The three curves, the confusion matrix and the scatter plot, drawn with the student's functions."""
    figure = Figure(figsize=(10.5, 3.6), layout="constrained")
    curves, matrix, scatter = figure.subplots(1, 3)

    draw_by_heart(curves, student)

    x, y, x_test, y_test = standardised("wine")
    keras.utils.set_random_seed(SEED)
    model = student.compile_classifier(student.build_classifier(x.shape[1], len(WINES)))
    model, _ = student.train_classifier(model, x, y, epochs=30, batch_size=16, seed=SEED)
    result = student.evaluate_classifier(model, x_test, y_test)
    draw_confusion(matrix, y_test, student.predict_classes(model, x_test), result["accuracy"])

    draw_regression(scatter, *train_regressor(student))
    return figure


def standardised(name: str) -> tuple[np.ndarray, ...]:
    """The data set with mean 0 and standard deviation 1 in every column, measured on the training samples."""
    data = course_data.load(name)
    scaler = StandardScaler().fit(data.x_train)
    return scaler.transform(data.x_train), data.y_train, scaler.transform(data.x_test), data.y_test


def train_regressor(student: Any) -> tuple[np.ndarray, np.ndarray]:
    """The true and the predicted progression of diabetes, in the units of the data, for the test patients."""
    x, y, x_test, y_test = standardised("diabetes")
    keras.utils.set_random_seed(SEED)
    model = student.build_regressor(x.shape[1])
    model.fit(
        x,
        (y - y.mean()) / y.std(),
        validation_split=0.2,  # these patients are in no particular order
        epochs=100,
        batch_size=32,
        callbacks=[student.early_stopping(5)],
        verbose=0,
    )
    predictions = model.predict(x_test, verbose=0).ravel()
    return y_test, predictions * y.std() + y.mean()


def draw_by_heart(axes: Any, student: Any) -> None:
    """Will the diabetes of these patients progress by more than the median? Learned from 100 of them."""
    x, progression, x_val, progression_val = standardised("diabetes")
    y, y_val = (np.asarray(values > np.median(progression), int) for values in (progression, progression_val))
    compared = student.compare_regularization(x[:100], y[:100], x_val, y_val, epochs=150, patience=10, seed=SEED)
    for name, colour, width in (("plain", ORANGE, 1.5), ("dropout", GREEN, 1.5), ("early stopping", BLUE, 3)):
        _, losses = compared[name]
        axes.plot(np.arange(1, len(losses) + 1), losses, color=colour, linewidth=width, label=name)
        best = int(np.argmin(losses))
        axes.plot(best + 1, losses[best], "o", color=colour)
    axes.axhline(np.log(2), color="grey", linewidth=1, linestyle=":")
    axes.annotate("a coin", (150, np.log(2)), ha="right", va="top", color="grey")
    axes.set(title="Learning 100 patients by heart", xlabel="epoch", ylabel="validation loss", ylim=(0.4, None))
    axes.legend(frameon=False)


def draw_confusion(axes: Any, y_true: np.ndarray, y_pred: np.ndarray, accuracy: float) -> None:
    counts = np.zeros((len(WINES), len(WINES)), dtype=int)
    np.add.at(counts, (y_true, np.asarray(y_pred)), 1)
    axes.imshow(counts, cmap="Blues", vmin=0)
    for (true, predicted), count in np.ndenumerate(counts):
        colour = "white" if count > counts.max() / 2 else "black"
        axes.text(predicted, true, str(count), ha="center", va="center", color=colour)
    ticks = {"ticks": range(len(WINES)), "labels": WINES}
    axes.set_xticks(**ticks)
    axes.set_yticks(**ticks, rotation=90, va="center")
    axes.set(title=f"New wines: accuracy {accuracy:.3f}", xlabel="predicted", ylabel="true")


def draw_regression(axes: Any, y_true: np.ndarray, y_pred: np.ndarray) -> None:
    r2 = r2_score(y_true, y_pred)
    limits = (0, 1.05 * np.max([y_true, y_pred]))
    axes.plot(limits, limits, color="grey", linewidth=1, label="perfect")
    axes.scatter(y_true, y_pred, s=14, color=BLUE, alpha=0.6, edgecolors="none")
    axes.set(title=f"Diabetes: R² = {r2:.2f}", xlabel="true progression", ylabel="predicted")
    axes.set(xlim=limits, ylim=limits, aspect="equal")
    axes.legend(frameon=False, loc="upper left")
