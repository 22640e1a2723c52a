"""What the tests of ex08 ask models with: data, weights set by hand, and forward passes."""

import course_data
import keras
import numpy as np
from keras import layers

from grader.hidden.returned_models import model_of

# TensorFlow needs longer to trace a graph than to take these few steps; JAX compiles faster than it dispatches.
EAGER = keras.config.backend() == "tensorflow"
NO_WEIGHTS = "the model has no weights yet: it does not know the size of its input"


def softmax(scores):
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def surprise(probabilities, y):
    """The cross-entropy of each sample."""
    return -np.log(probabilities[np.arange(len(y)), y])


def call(model, x):
    return keras.ops.convert_to_numpy(model(np.asarray(x, dtype="float32"), training=False))


def standardised(name):
    """A data set with mean 0 and standard deviation 1 in every column, by its training part."""
    data = course_data.load(name)
    mean, deviation = data.x_train.mean(axis=0), data.x_train.std(axis=0)
    return (data.x_train - mean) / deviation, data.y_train, (data.x_test - mean) / deviation, data.y_test


def linear_classifier(kernel, bias, learning_rate=0.0, dropout=False):
    """softmax(x kernel + bias), compiled; dropout, where asked for, comes before it."""
    inputs, classes = np.shape(kernel)
    before = [layers.Input((inputs,))] + [layers.Dropout(0.5)] * dropout
    model = keras.Sequential([*before, layers.Dense(classes, activation="softmax")])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        run_eagerly=EAGER,
    )
    model.set_weights([np.asarray(kernel), np.asarray(bias)])
    return model


def shapes_of(model):
    """The shapes of all weights; an unbuilt model has none."""
    return [np.shape(weight) for weight in model_of(model).get_weights()]


def compiled(model):
    assert model_of(model).compiled, getattr(model, "not_compiled", "the model is not compiled")
    return model
