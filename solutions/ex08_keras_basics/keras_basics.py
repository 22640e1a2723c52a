"""Neural networks with Keras: build, compile, train, evaluate, predict; and what to do against learning by heart.

Slide: Neural Networks with Keras.

Inputs `x` are standardised numbers `(N, D)`, labels `y` are integers `(N,)` from 0. Arrays are never
modified; a model may be, and every function that changes one also returns it. Everything runs on any backend
of Keras 3.

Use built-in layers and operations of Keras: graders rebuild your model from its configuration and do not have
your own classes.
"""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

VALIDATION_FRACTION = 0.1
WIDE_RATE = 3e-3  # the learning rate of the wide networks
DROPOUT = 0.8


def build_classifier(input_dim: int, num_classes: int) -> keras.Sequential:
    """A network with one hidden layer that turns D numbers into one probability per class.

    Slide *Neural Networks with Keras*, *Create Model*::

        hidden = relu(x W1 + b1)            64 units
        p = softmax(hidden W2 + b2)         C probabilities that add up to 1

    With biases, so that there are `(D + 1) * 64 + 65 * C` parameters. The weights start as Keras draws them:
    random, since units that start equal stay equal. The model knows the size of its input, so that it has
    weights before it sees data.

    Args:
        input_dim: the number of inputs D.
        num_classes: the number of classes C; two classes are two outputs.

    Returns:
        The model, which maps `(N, D)` to `(N, C)`. It need not be compiled.

    Raises:
        ValueError: `input_dim` is below 1, or `num_classes` below 2 (a softmax over one output is always 1).
    """
    ### BEGIN SOLUTION
    _check_input_dim(input_dim)
    if num_classes < 2:
        raise ValueError(f"num_classes is {num_classes}: there must be at least 2")
    return keras.Sequential(
        [
            keras.layers.Input((input_dim,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )
    ### END SOLUTION


def compile_classifier(model: keras.Model, learning_rate: float = 1e-3) -> keras.Model:
    """Say how a classifier is trained: the optimizer, the loss and what is reported.

    The loss is the cross-entropy of the probabilities p that the model puts out, for labels that are integers
    and not one-hot rows, averaged over the samples (slide *Cross Entropy*)::

        loss = -(1 / N) sum_n log(p[n, y_n])

    Args:
        model: a classifier with softmax outputs.
        learning_rate: the learning rate of the optimizer, Adam.

    Returns:
        The model, compiled; beside the loss it reports the accuracy, under the name `accuracy`. Its weights are what
        they were.
    """
    ### BEGIN SOLUTION
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
    ### END SOLUTION


def train_classifier(
    model: keras.Model, x: ArrayLike, y: ArrayLike, epochs: int, batch_size: int, seed: int
) -> tuple[keras.Model, dict[str, list[float]]]:
    """Train a compiled classifier, and watch it on samples that it is not trained on.

    Slide *Train the model*, with a validation set (slide *Data Splitting*): one sample in ten, drawn at
    random once and then kept aside in every epoch. Data often come sorted by class, and Keras' own
    `validation_split` takes the *last* samples as they are; so shuffle first, inputs and labels together.

    Args:
        model: a classifier, compiled with the metric `accuracy`; it is trained as it was compiled.
        x: inputs, `(N, D)`.
        y: labels, `(N,)` integers.
        epochs: how often the training samples are visited, at least 1.
        batch_size: the number of samples in one step of gradient descent.
        seed: all that is random (the split, the order of the batches) follows from it: the same seed gives
            the same result, another seed another split. `keras.utils.set_random_seed` seeds Keras.

    Returns:
        model: the model, trained.
        history: a dict with the keys `loss`, `accuracy`, `val_loss` and `val_accuracy`; each is a list with
            one number per epoch: the mean over the training samples, as they were visited or after the epoch.
            `val_` stands for the validation set, after the epoch: `N * VALIDATION_FRACTION` samples, one more
            or less is fine.

    Raises:
        ValueError: x and y have different lengths, or there are fewer than 2 samples.
    """
    ### BEGIN SOLUTION
    x, y = _paired(x, y)
    keras.utils.set_random_seed(seed)
    order = np.random.default_rng(seed).permutation(len(x))
    fit = model.fit(
        x[order],
        y[order],
        epochs=epochs,
        batch_size=batch_size,
        validation_split=VALIDATION_FRACTION,
        verbose=0,
    )
    return model, fit.history
    ### END SOLUTION


def evaluate_classifier(model: keras.Model, x: ArrayLike, y: ArrayLike) -> dict[str, float]:
    """How good a trained classifier is on samples that it has not seen.

    Slide *Evaluate the model*. The model is used, not trained: dropout is off and no weight changes.

    Args:
        model: a classifier, compiled with the metric `accuracy`.
        x: inputs, `(N, D)`.
        y: labels, `(N,)` integers.

    Returns:
        `{"loss": ..., "accuracy": ...}`: two numbers, each the mean over all N samples.

    Raises:
        ValueError: x and y have different lengths, or there are no samples.
    """
    ### BEGIN SOLUTION
    x, y = _paired(x, y)
    results = model.evaluate(x, y, verbose=0, return_dict=True)
    return {"loss": float(results["loss"]), "accuracy": float(results["accuracy"])}
    ### END SOLUTION


def predict_classes(model: keras.Model, x: ArrayLike) -> NDArray[np.int64]:
    """The most probable class of every sample.

    Slide *Make predictions*: what `model.predict` returns are probabilities; a class is the index of the
    largest one.

    Args:
        model: a classifier; whether it is compiled does not matter.
        x: inputs, `(N, D)`.

    Returns:
        Labels, `(N,)` integers.

    Raises:
        ValueError: there are no samples.
    """
    ### BEGIN SOLUTION
    x = np.asarray(x)
    if len(x) == 0:
        raise ValueError("there are no samples")
    return np.argmax(model.predict(x, verbose=0), axis=1)
    ### END SOLUTION


def build_regressor(input_dim: int) -> keras.Model:
    """A network that turns D numbers into one number of any size and sign.

    A hidden layer as in the classifier (its size is yours to choose), then one output *without* activation: a
    sigmoid or a ReLU could not reach every target. Compiled with the mean squared error (slide
    *Regression*)::

        MSE = (1 / N) sum_n (p_n - y_n)^2

    Args:
        input_dim: the number of inputs D.

    Returns:
        The model, which maps `(N, D)` to `(N, 1)`, compiled with the mean squared error; the optimizer is
        yours to choose.

    Raises:
        ValueError: `input_dim` is below 1.
    """
    ### BEGIN SOLUTION
    _check_input_dim(input_dim)
    model = keras.Sequential(
        [
            keras.layers.Input((input_dim,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer="adam", loss="mean_squared_error")
    return model
    ### END SOLUTION


def early_stopping(patience: int) -> keras.callbacks.EarlyStopping:
    """A callback that ends the training when the validation loss has stopped falling.

    The loss on the training samples keeps falling while the network learns them by heart; the one on the
    validation samples turns. What is wanted are the weights of that moment, not those of `patience` epochs
    later.

    Args:
        patience: after how many epochs without a lower `val_loss` the training ends.

    Returns:
        Keras' callback for this, ready for `model.fit(..., callbacks=[...])`: it watches `val_loss` (any fall
        counts, from the first epoch on) and gives the model back the weights of its best epoch.

    Raises:
        ValueError: `patience` is negative.
    """
    ### BEGIN SOLUTION
    if patience < 0:
        raise ValueError(f"patience is {patience}: it counts epochs and cannot be negative")
    return keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience, restore_best_weights=True)
    ### END SOLUTION


def build_wide_classifier(input_dim: int, num_classes: int, dropout: float = 0.0) -> keras.Model:
    """A classifier with far more hidden units than little data can fill, and dropout against learning by heart.

    ::

        hidden = relu(x W1 + b1)            512 units
        p = softmax(dropout(hidden) W2 + b2)

    Dropout works while the network is trained, and only then: it sets each hidden unit of each sample to 0 with
    the probability `dropout`, anew in every step, and multiplies the others by `1 / (1 - dropout)`, so that the
    sum keeps its size. No unit can rely on another one to be there. Weights and biases start as they do in Keras.

    Args:
        input_dim: the number of inputs D.
        num_classes: the number of classes C.
        dropout: the share of hidden units that is left out; with 0 all stay.

    Returns:
        The model, which maps `(N, D)` to `(N, C)`. It need not be compiled.

    Raises:
        ValueError: `dropout` is below 0, or not below 1.

    Paper: Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, 2014.
    """
    ### BEGIN SOLUTION
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout is {dropout}: it must be at least 0 and below 1")
    return keras.Sequential(
        [
            keras.layers.Input((input_dim,)),
            keras.layers.Dense(512, activation="relu"),
            keras.layers.Dropout(dropout),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )
    ### END SOLUTION


def compare_regularization(
    x: ArrayLike, y: ArrayLike, x_val: ArrayLike, y_val: ArrayLike, epochs: int, patience: int, seed: int
) -> dict[str, tuple[keras.Model, list[float]]]:
    """Train the wide network three times on few samples: as it is, stopped early, and with dropout.

    Each of the three is built anew, right after `keras.utils.set_random_seed(seed)`, so that the first two start
    from the same weights; compiled by `compile_classifier` with the learning rate `WIDE_RATE`; and trained on all
    N samples in a single batch, which makes every epoch one step:

    - `"plain"`: no dropout, `epochs` epochs;
    - `"early stopping"`: the same, with the callback `early_stopping(patience)`;
    - `"dropout"`: with dropout `DROPOUT`, `epochs` epochs.

    Args:
        x: the inputs to learn from, `(N, D)`.
        y: their labels, `(N,)` integers; all classes are among them.
        x_val: other inputs, `(M, D)`, to watch the training with.
        y_val: their labels, `(M,)` integers.
        epochs: how often the samples are visited at most, at least 1.
        patience: of the early stopping.
        seed: of each of the trainings.

    Returns:
        A dict with these three names; each stands for `(model, val_losses)`: the trained model, and the mean
        cross-entropy of the validation samples after each of its epochs.
    """
    ### BEGIN SOLUTION
    x, y, x_val, y_val = (np.asarray(values) for values in (x, y, x_val, y_val))

    def train(dropout: float, callbacks: list[keras.callbacks.Callback]) -> tuple[keras.Model, list[float]]:
        keras.utils.set_random_seed(seed)
        model = build_wide_classifier(x.shape[1], len(np.unique(y)), dropout)
        compile_classifier(model, WIDE_RATE)
        fit = model.fit(
            x, y, batch_size=len(x), epochs=epochs, validation_data=(x_val, y_val), callbacks=callbacks, verbose=0
        )
        return model, fit.history["val_loss"]

    return {
        "plain": train(0.0, []),
        "early stopping": train(0.0, [early_stopping(patience)]),
        "dropout": train(DROPOUT, []),
    }
    ### END SOLUTION


### BEGIN SOLUTION
def _check_input_dim(input_dim: int) -> None:
    if input_dim < 1:
        raise ValueError(f"input_dim is {input_dim}: there must be at least 1 input")


def _paired(x: ArrayLike, y: ArrayLike) -> tuple[NDArray, NDArray]:
    """Both as arrays, after checking that they have the same length and are not empty."""
    x, y = np.asarray(x), np.asarray(y)
    if len(x) != len(y):
        raise ValueError(f"{len(x)} inputs, but {len(y)} labels")
    if len(x) == 0:
        raise ValueError("there are no samples")
    return x, y


### END SOLUTION
