"""A network that learns to tell three wines apart, and one that predicts the course of diabetes.

On the left the losses of the first, epoch by epoch: solid on the samples it is trained on, dashed on those it
is not. In the middle what it says of wines that it has never seen, on the right the predictions of the second
network for patients that it has never seen: the closer to the diagonal, the better.
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
BLUE, ORANGE = "#0072B2", "#D55E00"


def draw(student: Any) -> Figure:
    """The curves, the confusion matrix and the scatter plot, drawn with the student's functions."""
    figure = Figure(figsize=(10.5, 3.6), layout="constrained")
    curves, matrix, scatter = figure.subplots(1, 3)

    x, y, x_test, y_test = standardised("wine")
    keras.utils.set_random_seed(SEED)
    model = student.compile_classifier(student.build_classifier(x.shape[1], len(WINES)))
    model, history = student.train_classifier(model, x, y, epochs=30, batch_size=16, seed=SEED)
    draw_history(curves, history)
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


def draw_history(axes: Any, history: dict[str, list[float]]) -> None:
    epochs = np.arange(1, len(history["loss"]) + 1)
    axes.plot(epochs, history["loss"], color=BLUE, label="training")
    axes.plot(epochs, history["val_loss"], "--", color=ORANGE, label="validation")
    axes.set(title="Learning the wines", xlabel="epoch", ylabel="loss (cross-entropy)", ylim=(0, None))
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
