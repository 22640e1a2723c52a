"""What the grader of ex13 looks at pictures with: networks, pictures and distances between styles, the latter in NumPy.

The networks have leaky units: a unit that is silent for a whole picture would pass no gradient on.
"""

import keras
import numpy as np
from keras import layers

from grader.compare import close

MEAN_BGR = np.array([103.939, 116.779, 123.68])
CHANNELS = {"first": 8, "second": 12, "third": 16}
BRANCHES = {"bluish": 0, "reddish": 2}  # and the channel that each sees


def near(expected):
    """Equal up to the precision of float32."""
    return close(expected, rtol=2e-4, atol=1e-6)


def array(result):
    """What came back as an array: tensors, too, where nothing stands between the grader and the student."""
    return result if result is None else keras.ops.convert_to_numpy(result)


def draw_features(rng, height, width, channels):
    return rng.normal(rng.uniform(0.5, 1.5), 1, size=(height, width, channels)).astype("float32")


def draw_mask(rng, height, width):
    """About half of the positions, and at least one of either kind."""
    mask = rng.random((height, width)) < 0.5
    mask[0, :2] = True, False
    return mask.astype("float32")


def gram(features, mask=None):
    features = np.asarray(features, dtype=float)
    mask = np.ones(features.shape[:2]) if mask is None else np.asarray(mask, dtype=float)
    channels = features.shape[-1]
    return np.einsum("hw,hwc,hwd->cd", mask, features, features) / (mask.sum() * channels)


def mean_square(difference):
    return np.mean(np.square(difference))


def draw_picture(rng, height, width):
    return rng.integers(0, 256, size=(height, width, 3)).astype("uint8")


def batch_of(picture):
    return picture[np.newaxis, :, :, ::-1] - MEAN_BGR


def conv(name, channels):
    return layers.Conv2D(channels, 3, padding="same", activation="leaky_relu", name=name)


def draw_weights(model, rng):
    """Weights of the size that keeps the size of the features."""
    shapes = [weight.shape for weight in model.get_weights()]
    model.set_weights([rng.normal(0, np.sqrt(2 / max(np.prod(shape[:-1]), 20)), size=shape) for shape in shapes])
    return model


def draw_network(rng):
    """Three convolutions that look at pictures of any size, each at half the resolution of the one before."""
    inputs = answer = layers.Input((None, None, 3))
    for pool, (name, channels) in zip(("", "half", "quarter"), CHANNELS.items(), strict=True):
        answer = layers.AveragePooling2D(2, name=pool)(answer) if pool else answer
        answer = conv(name, channels)(answer)
    return draw_weights(keras.Model(inputs, answer), rng)


def draw_branches(rng):
    """Two convolutions beside each other: one sees nothing but blue, the other nothing but red."""
    inputs = layers.Input((None, None, 3))
    network = keras.Model(inputs, layers.Concatenate()([conv(name, 8)(inputs) for name in BRANCHES]))
    draw_weights(network, rng)
    for name, colour in BRANCHES.items():
        kernel, bias = network.get_layer(name).get_weights()
        network.get_layer(name).set_weights([2 * kernel * (np.arange(3) == colour)[:, np.newaxis], bias])
    return network


def style_of_branch(network, name, picture):
    """The Gram matrix of what one of the two sees."""
    answer = network.get_layer(name)(batch_of(picture).astype("float32"))
    return gram(keras.ops.convert_to_numpy(answer)[0])


def layer_by_layer(network, batch):
    """What every layer of a chain answers, by name; the first is the input."""
    answer, answers = np.asarray(batch, dtype="float32"), {}
    for layer in network.layers[1:]:
        answer = layer(answer)
        answers[layer.name] = keras.ops.convert_to_numpy(answer)
    return answers


def draw_content(rng, height, width):
    """A disc before a sky: large shapes of quiet colours, and some grain, since even shapes stay even for long."""
    y, x = np.mgrid[:height, :width] / np.array([height, width])[:, np.newaxis, np.newaxis]
    above, below, disc = rng.uniform(80, 170, size=(3, 3))
    sky = above + (below - above) * y[:, :, np.newaxis]
    inside = (y - 0.5) ** 2 + (x - rng.uniform(0.3, 0.7)) ** 2 < 0.08
    grain = rng.normal(0, 12, size=(height, width, 3))
    return (np.where(inside[:, :, np.newaxis], disc, sky) + grain).clip(0, 255).round().astype("uint8")


def stripes(rng, height, width, strong=0, across=False):
    """Stripes, dark and of a colour in which one of red, green and blue is strong; they lie or stand (`across`)."""
    bright = rng.uniform(100, 140, size=3)
    bright[strong] = rng.uniform(180, 220)
    dark = (np.mgrid[:height, :width][int(across)] // 2 % 2 == 0)[:, :, np.newaxis]
    return np.where(dark, rng.uniform(60, 100, size=3), bright).round().astype("uint8")


def look(network, picture):
    """The features of each convolution, (H, W, C)."""
    answers = layer_by_layer(network, batch_of(picture))
    return [answers[name][0].astype(float) for name in CHANNELS]


def style_distance(features, others):
    return sum(mean_square(gram(a) - gram(b)) for a, b in zip(features, others, strict=True))


def region_distance(features, regions_map, region, others, others_map, other):
    """Between the styles of two regions, over the first two convolutions."""
    total = 0.0
    for step, a, b in zip((1, 2), features, others, strict=False):
        masks = regions_map[::step, ::step] == region, others_map[::step, ::step] == other
        total += mean_square(gram(a, masks[0]) - gram(b, masks[1]))
    return total


def painted(result, shape):
    """The picture, checked, and the losses."""
    picture, losses = result
    picture = np.asarray(picture)
    assert picture.shape == (*shape, 3), f"the painted picture is {picture.shape} where {(*shape, 3)} is expected"
    assert picture.dtype == np.uint8, f"the painted picture is {picture.dtype} where uint8 is expected"
    return picture, np.asarray(losses, dtype=float)


def count_and_fall(losses, iterations):
    assert losses.shape == (iterations,), "one loss for each iteration is expected"
    assert np.isfinite(losses).all(), "a loss is not finite"
    assert losses[-1] < losses[0] / 2, "the loss hardly falls"
