"""What the hidden tests of ex10 do with models: look into them, set their weights, train them.

What a model is made of, and how its parts are nested, is the student's choice. So convolutions are known by the shapes
of their weights, and the weights of a given base are found again by their values.
"""

import keras
import numpy as np
from keras import layers

from grader.hidden.returned_models import model_of
from grader.hidden.training import Budget, train


def call(model, x, training=False):
    return to_numpy(model(np.asarray(x, dtype="float32"), training=training))


def to_numpy(variable):
    return keras.ops.convert_to_numpy(variable)


def layers_of(model):
    """All layers, also those of models inside the model."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from layers_of(layer)
        else:
            yield layer


def normalizations_of(model):
    return [layer for layer in layers_of(model) if isinstance(layer, layers.BatchNormalization)]


def check_probabilities(model, x, num_classes):
    probabilities = call(model_of(model), x)
    assert probabilities.shape == (len(x), num_classes), "the outputs have the wrong shape"
    assert (probabilities >= 0).all(), "a probability is negative"
    assert np.allclose(probabilities.sum(axis=1), 1, rtol=1e-4), "the outputs for an image do not add up to 1"
    assert np.ptp(probabilities, axis=0).max() > 0, "the outputs do not depend on the image"


# residual blocks


def is_3x3(weight):
    return np.ndim(weight) == 4 and np.shape(weight)[:2] == (3, 3)


def center(size, factor):
    """A 3 x 3 convolution that multiplies each channel by `factor`."""
    kernel = np.zeros((3, 3, size, size), dtype="float32")
    kernel[1, 1] = factor * np.eye(size)
    return kernel


def with_convolutions(block, *kernels):
    """The block with these 3 x 3 kernels in order, no biases beside them, and normalizations that change nothing."""
    for layer in normalizations_of(model_of(block)):
        values = {"gamma": 1, "beta": 0, "moving_mean": 0, "moving_variance": 1 - layer.epsilon}
        for name, value in values.items():
            variable = getattr(layer, name)
            if variable is not None:
                variable.assign(np.full(variable.shape, value, dtype="float32"))
    convolutions = [layer for layer in layers_of(block) if any(map(is_3x3, layer.get_weights()))]
    assert len(convolutions) == len(kernels), "there are not two 3 x 3 convolutions"
    for layer, kernel in zip(convolutions, kernels, strict=True):
        old, *biases = layer.get_weights()
        assert np.shape(old) == kernel.shape, "a 3 x 3 convolution has the wrong number of filters"
        layer.set_weights([kernel, *map(np.zeros_like, biases)])
    return block


# training


def train_to_recognise(model, data, unseen, profile, seed, trainings):
    """The share of the `unseen` images that `model` recognises at best while it is trained on `data`.

    There are so few steps that the moving averages of batch normalization would not catch up with Keras' own momentum
    of .99, which a correct network may well have.
    """
    for layer in normalizations_of(model):
        layer.momentum = min(layer.momentum, 0.9)
    loss, budget = "sparse_categorical_crossentropy", Budget(**profile["budget"])
    return train(model, data, unseen, loss, budget, accuracy, seed, trainings, at_least=profile["accuracy"])


def accuracy(model, x, y):
    batches = np.array_split(np.arange(len(x)), -(-len(x) // 200))
    return np.mean([label for batch in batches for label in call(model, x[batch]).argmax(axis=1) == y[batch]])


# transfer


def tiny_base(rng, size=12):
    """A base of nine layers (and its input), awake; no two of its weights are equal."""
    inputs = x = keras.Input((size, size, 3))
    for number in (1, 2, 3):
        x = layers.Conv2D(4 + number, 3, strides=2 if number == 1 else 1, padding="same", name=f"convolution_{number}")(
            x
        )
        x = layers.BatchNormalization(name=f"normalization_{number}")(x)
        x = layers.ReLU(name=f"relu_{number}")(x)
    base = keras.Model(inputs, x, name="given")
    for layer in base.layers:
        scale = 0.3 if "convolution" in layer.name else 1
        layer.set_weights([scale * rng.uniform(0.2, 1, w.shape) * signs(rng, w) for w in layer.get_weights()])
    return base


def signs(rng, weight):
    """Kernels have both, all other weights are positive, as variances have to be."""
    return rng.choice([-1, 1], size=np.shape(weight)) if np.ndim(weight) == 4 else 1


def find(weights, model):
    """The variables of `model` that have these values."""
    variables = [(variable, to_numpy(variable)) for variable in model.weights]
    found = []
    for weight in weights:
        same = [variable for variable, value in variables if np.array_equal(value, weight)]
        assert same, "a weight of the base is not in the model, or has another value"
        found.append(same[0])
    return found


def awake(weights, model):
    """Which of these weights will be trained."""
    trainable = {id(variable) for variable in model.trainable_variables}
    return [id(variable) in trainable for variable in find(weights, model)]


def nested(rng):
    """A base and a model of the grader's own: the base is one layer of it."""
    base = tiny_base(rng)
    base.trainable = False
    inputs = keras.Input(base.input_shape[1:])
    features = layers.GlobalAveragePooling2D()(base(inputs))
    return base, keras.Model(inputs, layers.Dense(4, activation="softmax")(features))


def flat(rng):
    """The same, but the layers of the base are layers of the model."""
    base = tiny_base(rng)
    base.trainable = False
    features = layers.GlobalAveragePooling2D()(base.output)
    return base, keras.Model(base.input, layers.Dense(4, activation="softmax")(features))
