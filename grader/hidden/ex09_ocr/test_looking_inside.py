"""Hidden tests of ex09: what the filters of a network see, and where it looks."""

import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close
from grader.hidden.ex09_ocr.digits import convolved, quarters

# feature_maps


def maps(expected):
    return close(expected, rtol=1e-4, atol=1e-4)


@pytest.mark.task("feature_maps", weight=2)
def test_maps_in_the_middle_of_a_sequential_model(student, rng):
    """The second convolution of a Sequential model, for more images than one batch; dropout is off"""
    model = keras.Sequential(
        [
            layers.Input((8, 9, 1)),
            layers.Conv2D(3, 3, activation="relu", name="lines"),
            layers.Dropout(0.5),
            layers.Conv2D(2, (2, 3), activation="relu", name="corners"),
            layers.Flatten(),
            layers.Dense(4, activation="softmax", name="answer"),
        ]
    )
    weights = [quarters(rng, *weight.shape) for weight in model.get_weights()]
    model.set_weights(weights)
    images = quarters(rng, 35, 8, 9, 1)
    expected = convolved(convolved(images, *weights[:2]), *weights[2:4])
    result = student.feature_maps(model, images.astype("float32"), "corners")
    assert np.asarray(result) == maps(expected)


@pytest.mark.task("feature_maps", weight=2)
def test_maps_of_a_branch(student, rng):
    """The second of two branches of a functional model"""
    inputs = layers.Input((6, 6, 2))
    wide = layers.Conv2D(2, 3, activation="relu", name="wide")(inputs)
    flat = layers.Conv2D(2, 3, activation="relu", name="flat")(inputs)
    outputs = layers.Dense(3, name="answer")(layers.GlobalAveragePooling2D()(layers.Add()([wide, flat])))
    model = keras.Model(inputs, outputs)
    name = next(layer.name for layer in model.layers[::-1] if layer.name in ("wide", "flat"))
    layer, weights = model.get_layer(name), [quarters(rng, 3, 3, 2, 2), quarters(rng, 2)]
    layer.set_weights(weights)
    images = quarters(rng, 5, 6, 6, 2)
    result = student.feature_maps(model, images.astype("float32"), name)
    assert np.asarray(result) == maps(convolved(images, *weights))


@pytest.mark.task("feature_maps", edge=True)
def test_refuses_a_layer_that_is_not_there(student):
    """A name that no layer has is a ValueError"""
    model = keras.Sequential([layers.Input((6, 6, 1)), layers.Conv2D(2, 3, name="lines")])
    with pytest.raises(ValueError):
        student.feature_maps(model, np.ones((1, 6, 6, 1), dtype="float32"), "corners")


# occlusion_map


def reader_of(rng, *shape):
    """A network of one layer, softmax(A x + b), and the same in NumPy."""
    weights, bias = quarters(rng, np.prod(shape), 4), quarters(rng, 4)
    model = keras.Sequential(
        [layers.Input(shape), layers.Dropout(0.5), layers.Flatten(), layers.Dense(4, activation="softmax")]
    )
    model.set_weights([weights, bias])

    def probabilities(image):
        powers = np.exp(image.ravel() @ weights + bias)
        return powers / powers.sum()

    return model, probabilities


def occluded(probabilities, image, label, size):
    """Place by place."""
    height, width = image.shape[:2]
    result = np.empty((height - size + 1, width - size + 1))
    for y, x in np.ndindex(result.shape):
        paper = np.ones_like(image)
        paper[y : y + size, x : x + size] = 0
        result[y, x] = probabilities(image)[label] - probabilities(image * paper)[label]
    return result


@pytest.mark.task("occlusion_map", weight=3)
@pytest.mark.parametrize("size", [2, 3])
def test_probability_that_is_lost(student, rng, size):
    """At every place: the probability of the label for the image, less that for the image covered there"""
    shape = (5, 6, 2) if size == 2 else (7, 5, 1)
    model, probabilities = reader_of(rng, *shape)
    image, label = quarters(rng, *shape) / 4, int(rng.integers(0, 4))
    result = student.occlusion_map(model, image.astype("float32"), label, size)
    assert np.asarray(result) == maps(occluded(probabilities, image, label, size))


@pytest.mark.task("occlusion_map", weight=2)
def test_only_where_it_looks(student, rng):
    """What speaks for the label is positive, what speaks against it negative, and the rest of the image is 0"""
    weights = np.zeros((6, 8, 2))
    weights[1, 1] = 2, 0
    weights[4, 6] = 0, 2
    model = keras.Sequential([layers.Input((6, 8, 1)), layers.Flatten(), layers.Dense(2, activation="softmax")])
    model.set_weights([weights.reshape(-1, 2), np.zeros(2)])
    result = np.asarray(student.occlusion_map(model, rng.uniform(0.5, 1, (6, 8, 1)).astype("float32"), 0, 2))
    assert result.shape == (5, 7), f"the map has the shape {result.shape}"
    expected = np.zeros((5, 7))
    expected[0:2, 0:2], expected[3:5, 5:7] = 1, -1
    assert np.array_equal(np.sign(np.where(abs(result) > 1e-4, result, 0)), expected), "another part has the wrong sign"


@pytest.mark.task("occlusion_map", edge=True)
def test_a_pixel_or_everything_is_covered(student, rng):
    """The square may be a single pixel, or as large as the image"""
    model, probabilities = reader_of(rng, 3, 4, 1)
    image = quarters(rng, 3, 4, 1) / 2
    for size in (1, 3):
        result = student.occlusion_map(model, image.astype("float32"), 1, size)
        assert np.asarray(result) == maps(occluded(probabilities, image, 1, size))


@pytest.mark.task("occlusion_map", edge=True)
@pytest.mark.parametrize(
    ("shape", "size"), [((4, 5), 2), ((1, 4, 5, 1), 1), ((4, 5, 1), 0), ((4, 5, 1), 5), ((5, 4, 1), 5)]
)
def test_occlusion_refuses_what_does_not_fit(student, rng, shape, size):
    """Images with other axes, no square, or one that is larger than the image are a ValueError"""
    model, _ = reader_of(rng, 4, 5, 1)
    with pytest.raises(ValueError):
        student.occlusion_map(model, np.ones(shape, dtype="float32"), 0, size)
