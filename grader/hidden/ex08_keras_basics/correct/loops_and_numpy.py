"""Batches cut by hand, losses computed in NumPy from the probabilities of the model, labels as a list."""

import random

import keras
import numpy as np

WIDE_RATE = 3e-3


class Patience(int):
    """A count of epochs."""

    def __new__(cls, value):
        if value < 0:
            raise ValueError(f"{value} epochs")
        return super().__new__(cls, value)


def _rows(x, y=None):
    x = np.asarray(x, dtype="float32")
    if not len(x) or (y is not None and len(x) != len(y)):
        raise ValueError("the inputs do not fit")
    return x


def _probabilities(model, x):
    return keras.ops.convert_to_numpy(model(x, training=False)).astype("float64")


def _numbers(model, x, y):
    p = _probabilities(model, x)
    surprise = [-np.log(max(p[i, label], 1e-7)) for i, label in enumerate(y)]
    hits = [p[i].argmax() == label for i, label in enumerate(y)]
    return sum(surprise) / len(surprise), sum(hits) / len(hits)


def build_classifier(input_dim, num_classes):
    if input_dim < 1 or num_classes < 2:
        raise ValueError("impossible")
    model = keras.models.Sequential()
    model.add(keras.layers.Dense(units=64, activation="relu", input_dim=input_dim))  # as on the slide
    model.add(keras.layers.Dense(units=num_classes, activation=keras.activations.softmax))
    model.compile("sgd", "mse")
    return model


def compile_classifier(model, learning_rate=1e-3):
    adam = keras.optimizers.Adam()
    adam.learning_rate = learning_rate
    model.compile(loss=keras.losses.sparse_categorical_crossentropy, optimizer=adam, metrics=["accuracy"])
    return model


def train_classifier(model, x, y, epochs, batch_size, seed):
    x, y = _rows(x, y), np.array(y)
    if len(x) == 1:
        raise ValueError("one sample cannot be split")
    keras.utils.set_random_seed(seed)
    order = list(range(len(x)))
    random.Random(seed).shuffle(order)
    held = max(1, len(x) // 10)
    validation, training = order[:held], order[held:]
    history = {name: [] for name in ("val_accuracy", "val_loss", "accuracy", "loss")}
    for _ in range(epochs):
        random.shuffle(training)
        for start in range(0, len(training), batch_size):
            batch = training[start : start + batch_size]
            model.train_on_batch(x[batch], y[batch])
        for prefix, part in (("", training), ("val_", validation)):
            loss, accuracy = _numbers(model, x[part], y[part])
            history[prefix + "loss"].append(loss)
            history[prefix + "accuracy"].append(accuracy)
    return model, history


def evaluate_classifier(model, x, y):
    loss, accuracy = _numbers(model, _rows(x, y), y)
    return {"loss": np.float64(loss), "accuracy": np.array(accuracy)}


def predict_classes(model, x):
    return [int(max(range(len(row)), key=row.__getitem__)) for row in _probabilities(model, _rows(x))]


def build_regressor(input_dim):
    if input_dim < 1:
        raise ValueError("impossible")
    model = keras.models.Sequential(name="regressor")
    model.add(keras.layers.Dense(16, activation="elu", input_shape=(input_dim,)))
    model.add(keras.layers.Dropout(0.1))
    model.add(keras.layers.Dense(1, kernel_initializer="random_normal", use_bias=False))
    model.compile(optimizer="sgd", loss=keras.losses.mean_squared_error)
    return model


def early_stopping(patience):
    callback = keras.callbacks.EarlyStopping(restore_best_weights=True)
    callback.patience = int(Patience(patience))
    return callback


def build_wide_classifier(input_dim, num_classes, dropout=0.0):
    if not 0 <= dropout < 1:
        raise ValueError("impossible")
    model = keras.models.Sequential(name="wide")
    model.add(keras.layers.Input(shape=(input_dim,)))
    model.add(keras.layers.Dense(512))
    model.add(keras.layers.ReLU())
    model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(num_classes))
    model.add(keras.layers.Softmax())
    return model


def compare_regularization(x, y, x_val, y_val, epochs, patience, seed):
    x, y, x_val = _rows(x, y), np.array(y), _rows(x_val, y_val)

    def losses_of(dropout, patience):
        keras.utils.set_random_seed(seed)
        model = compile_classifier(build_wide_classifier(x.shape[1], len(set(y.tolist())), dropout), WIDE_RATE)
        losses, best, weights = [], None, None
        while len(losses) < epochs:
            model.train_on_batch(x, y)
            losses.append(_numbers(model, x_val, y_val)[0])
            if best is None or losses[-1] < losses[best]:
                best, weights = len(losses) - 1, model.get_weights()
            if len(losses) - 1 - best >= patience:
                break
        if patience < epochs:
            model.set_weights(weights)
        return model, losses

    return {
        "plain": losses_of(0.0, epochs),
        "dropout": losses_of(0.8, epochs),
        "early stopping": losses_of(0.0, patience),
    }
