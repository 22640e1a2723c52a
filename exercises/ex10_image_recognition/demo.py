"""What a network needs to recognise images: many of them, or a base that has seen many.

Above on the left, five classes of clip art with 340 pictures to learn from and 113 to validate, epoch by epoch: a
network from scratch (orange) against a new head on a frozen SqueezeNet (blue), whose last layers are woken at the end
(green). The stars are the test pictures, which are looked at once, when nothing is left to decide. In the middle, ten
classes of clothing with 3,000 pictures: how often the right class is among the k most probable ones. On the right one
picture, flipped and cropped at random. In the row below, the share of each class that is recognised, and pictures that
the network on SqueezeNet has never seen: what it takes them for, how sure it is, and whether that is right. At the
bottom, new pictures and those that look most like them to SqueezeNet, which nobody has taught these classes.
"""

from __future__ import annotations

from typing import Any

import course_data
import keras
import numpy as np
from matplotlib.figure import Figure

SEED = 10
EPOCHS, MORE_EPOCHS = 6, 3
WOKEN_LAYERS = 4  # the last fire module of SqueezeNet
VALIDATION_SHARE = 0.25
CLASSES = course_data.CLASSES["clip_art"]
CLIP_ART_MEAN = np.array([103.939, 116.779, 123.68], dtype="float32")  # blue, green, red
# Colours that people with any colour vision can tell apart (Okabe and Ito).
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"


def draw(student: Any) -> Figure:
    """Curves, bars and pictures, all made with the student's functions."""
    figure = Figure(figsize=(9.2, 7.4), layout="constrained")
    above, middle, below = figure.subfigures(3, 1, height_ratios=(2.2, 1.5, 2.2))
    curves, bars, pictures = above.subplots(1, 3, width_ratios=(1.6, 1, 1))
    recalls, guesses = middle.subfigures(1, 2, width_ratios=(1, 2.2))

    data = course_data.load("clip_art")
    scratch, scratch_probabilities = learn_from_scratch(student, data)
    transfer, probabilities = learn_by_transfer(student, data)
    draw_curves(curves, scratch, transfer, np.bincount(data.y_test).max() / len(data.y_test))
    draw_tests(curves, [student.top_k_accuracy(data.y_test, p, 1) for p in (scratch_probabilities, probabilities)])
    draw_top_k(bars, recognise_clothing(student))
    draw_changed(pictures, student, data.x_train)
    draw_recalls(recalls, student, data.y_test, scratch_probabilities, probabilities)
    draw_guesses(guesses, data.x_test, data.y_test, probabilities)
    draw_neighbours(below, student, data)
    return figure


def compiled(model: Any, epochs: int, samples: int, learning_rate: float) -> Any:
    """Adam, with a learning rate that falls to zero."""
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, epochs * -(-samples // 32))
    model.compile(keras.optimizers.Adam(schedule), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def learn_from_scratch(student: Any, data: Any) -> tuple[list[float], np.ndarray]:
    """The validation accuracy after each epoch, and the probabilities of the test pictures in the end."""
    keras.utils.set_random_seed(SEED)
    (x, y), (x_validation, y_validation) = training_and_validation(data)
    mean, std = student.channel_statistics(x)
    x, x_validation, x_test = (
        np.asarray(student.normalize(images, mean, std), "float32") for images in (x, x_validation, data.x_test)
    )
    model = compiled(student.build_cnn(x.shape[1:], len(CLASSES)), EPOCHS + MORE_EPOCHS, len(x), 3e-3)
    validation = (x_validation, y_validation)
    fit = model.fit(x, y, epochs=EPOCHS + MORE_EPOCHS, validation_data=validation, verbose=0)
    return fit.history["val_accuracy"], model.predict(x_test, verbose=0)


def learn_by_transfer(student: Any, data: Any) -> tuple[list[float], np.ndarray]:
    """The validation accuracy after each epoch, and the probabilities of the test pictures in the end."""
    keras.utils.set_random_seed(SEED)
    (x, y), (x_validation, y_validation) = training_and_validation(data)
    x, x_validation, x_test = (images[..., ::-1] - CLIP_ART_MEAN for images in (x, x_validation, data.x_test))
    base = course_data.squeezenet(x.shape[1:])
    model = compiled(student.build_transfer_model(base, len(CLASSES)), EPOCHS, len(x), 1e-2)
    validation = {"validation_data": (x_validation, y_validation), "verbose": 0}
    frozen = model.fit(x, y, epochs=EPOCHS, **validation)
    model = student.unfreeze(model, WOKEN_LAYERS, 1e-4)
    awake = model.fit(x, y, epochs=MORE_EPOCHS, **validation)
    return frozen.history["val_accuracy"] + awake.history["val_accuracy"], model.predict(x_test, verbose=0)


def training_and_validation(data: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """The training part in two: its pictures are shuffled already. The test part takes no part in any decision."""
    count = round(len(data.x_train) * VALIDATION_SHARE)
    return (data.x_train[:-count], data.y_train[:-count]), (data.x_train[-count:], data.y_train[-count:])


def recognise_clothing(student: Any) -> list[float]:
    """The top-k accuracy for k = 1, 2 and 3 on clothing that the network has not seen."""
    keras.utils.set_random_seed(SEED)
    data = course_data.load("clothing")
    images, test_images = data.x_train[:3000, ..., None], data.x_test[..., None]
    mean, std = student.channel_statistics(images)
    model = compiled(student.build_cnn((28, 28, 1), 10), 4, len(images), 3e-3)
    model.fit(np.asarray(student.normalize(images, mean, std), "float32"), data.y_train[:3000], epochs=4, verbose=0)
    probabilities = model.predict(np.asarray(student.normalize(test_images, mean, std), "float32"), verbose=0)
    return [student.top_k_accuracy(data.y_test, probabilities, k) for k in (1, 2, 3)]


def draw_curves(axes: Any, scratch: list[float], transfer: list[float], majority: float) -> None:
    epochs = np.arange(1, EPOCHS + MORE_EPOCHS + 1)
    axes.plot(epochs[:EPOCHS], transfer[:EPOCHS], "o-", color=BLUE, label="head on a frozen base")
    axes.plot(epochs[EPOCHS - 1 :], transfer[EPOCHS - 1 :], "^-", color=GREEN, label="its last layers woken")
    axes.plot(epochs, scratch, "s--", color=ORANGE, label="from scratch")
    axes.axhline(majority, color="grey", linewidth=1, linestyle=":", label="always the largest class")
    axes.set(title="Clip art, 340 pictures", xlabel="epoch", ylabel="validation accuracy", ylim=(0, 1))
    axes.legend(frameon=False, fontsize="small", loc="lower right")


def draw_tests(axes: Any, accuracies: list[float]) -> None:
    """The accuracies on the test pictures, behind the last epoch: from scratch, and by transfer."""
    place = EPOCHS + MORE_EPOCHS + 1
    for accuracy, colour in zip(accuracies, (ORANGE, GREEN), strict=True):
        axes.plot(place, accuracy, "*", color=colour, markersize=11)
        axes.annotate(f"{accuracy:.2f}", (place, accuracy), (0, 7), textcoords="offset points", ha="center", fontsize=8)
    axes.set_xticks([*range(1, place, 2), place], [*map(str, range(1, place, 2)), "test"])


def draw_top_k(axes: Any, accuracies: list[float]) -> None:
    bars = axes.bar((1, 2, 3), accuracies, color=BLUE, width=0.6)
    axes.bar_label(bars, fmt="%.2f")
    axes.set(title="Clothing, 3,000 pictures", xlabel="k", ylabel="top-k accuracy", ylim=(0, 1.1), xticks=(1, 2, 3))


def draw_changed(axes: Any, student: Any, images: np.ndarray, count: int = 2, which: int = 6) -> None:
    """A picture in a square of flipped and cropped copies."""
    copies = images[which : which + 1].repeat(count**2, axis=0)
    changed = changed_on_white(student, copies)
    rows = [np.concatenate(list(row), axis=1) for row in changed.reshape(count, count, *changed.shape[1:])]
    axes.imshow(np.concatenate(rows).astype(np.uint8), interpolation="nearest")
    for border in np.arange(1, count) * images.shape[1] - 0.5:
        axes.axhline(border, color="grey", linewidth=0.8)
        axes.axvline(border, color="grey", linewidth=0.8)
    axes.set(title="Flipped and cropped", xticks=[], yticks=[])


def changed_on_white(student: Any, images: np.ndarray) -> np.ndarray:
    """Flipped and cropped pictures. A crop adds zeros, which are black: in the negative they are the white paper."""
    rng = np.random.default_rng(SEED)
    negatives = 255 - images
    return 255 - np.asarray(student.random_crop(student.random_flip(negatives, 0.5, rng), 16, rng))


def draw_recalls(figure: Any, student: Any, labels: np.ndarray, scratch: np.ndarray, transfer: np.ndarray) -> None:
    """How much of each class is recognised: the accuracy alone hides that the small ones are hard."""
    axes, places = figure.subplots(), np.arange(len(CLASSES))
    for shift, colour, probabilities in ((0.2, ORANGE, scratch), (-0.2, GREEN, transfer)):
        recalls = student.recall_per_class(labels, probabilities.argmax(axis=1), len(CLASSES))
        axes.barh(places - shift, recalls, height=0.38, color=colour)
    names = [f"{name}, {count}" for name, count in zip(CLASSES, np.bincount(labels), strict=True)]
    axes.set(title="Recall of each class", xlim=(0, 1), yticks=places)
    axes.set_yticklabels(names, fontsize=8)
    axes.invert_yaxis()


def draw_neighbours(figure: Any, student: Any, data: Any, queries: Any = (0, 3, 8), count: int = 7) -> None:
    """New pictures on the left, and the known ones whose features point the same way."""
    base = course_data.squeezenet(data.x_train.shape[1:])
    known, new = (
        base.predict(images[..., ::-1] - CLIP_ART_MEAN, verbose=0).mean(axis=(1, 2))
        for images in (data.x_train, data.x_test[list(queries)])
    )
    figure.suptitle("New pictures, and those most like them to SqueezeNet")
    rows = figure.subplots(len(new), count + 1)
    for axes, query, nearest in zip(rows, queries, student.nearest_images(known, new, count), strict=True):
        pictures = [data.x_test[query], *data.x_train[np.asarray(nearest, int)]]
        same = [True, *(data.y_train[np.asarray(nearest, int)] == data.y_test[query])]
        for number, (place, picture, right) in enumerate(zip(axes, pictures, same, strict=True)):
            place.imshow(picture, interpolation="nearest")
            place.set(xticks=[], yticks=[])
            place.spines[:].set(color="black" if number == 0 else GREEN if right else RED, linewidth=2)


def draw_guesses(
    figure: Any, images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, count: int = 6
) -> None:
    for axes, image, label, row in zip(figure.subplots(1, count), images, labels, probabilities, strict=False):
        guess = int(np.argmax(row))
        axes.imshow(image, interpolation="nearest")
        axes.set(xticks=[], yticks=[])
        truth, colour = ("right", GREEN) if guess == label else (f"is: {CLASSES[label]}", RED)
        axes.set_title(f"{CLASSES[guess]} {row[guess]:.0%}\n{truth}", color=colour, fontsize=8)
