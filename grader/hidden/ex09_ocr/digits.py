"""What the grader of ex09 compares with (features, shifts, convolutions, pixel by pixel), and how it tries networks."""

import course_data
import keras
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from grader.hidden.training import Budget, train

DIGITS = course_data.load("digits")


def random_bytes(rng, *shape):
    return rng.integers(0, 256, size=shape, dtype=np.uint8)


def chosen_digits(rng, count, among=range(10)):
    """Different digits to learn from, and their labels."""
    chosen = rng.permutation(np.flatnonzero(np.isin(DIGITS.y_train, among)))[:count]
    return DIGITS.x_train[chosen], DIGITS.y_train[chosen]


def quarters(rng, *shape):
    """Multiples of 1/4: products are exact even in the short floats of a GPU."""
    return rng.integers(-6, 7, size=shape) / 4


def for_a_network(images):
    return images[..., np.newaxis].astype("float32") / 255


def histograms(images, cell=7, bins=9):
    """The features pixel by pixel, before they are divided by their length."""
    images = np.asarray(images, dtype=float)
    n, height, width = images.shape
    sums = np.zeros((n, height // cell, width // cell, bins))
    for image, sums_of_image in zip(images, sums, strict=True):
        gy, gx = np.gradient(image)
        angles = np.degrees(np.arctan2(gy, gx)) % 180
        for (y, x), angle in np.ndenumerate(angles):
            b = min(int(angle * bins / 180), bins - 1)
            sums_of_image[y // cell, x // cell, b] += np.sqrt(gx[y, x] ** 2 + gy[y, x] ** 2)
    return sums.reshape(n, -1)


def unit(features):
    return features / np.linalg.norm(features, axis=1, keepdims=True)


def moved(images, dx, dy):
    """Pixel by pixel."""
    result = np.zeros_like(images)
    for y, x in np.ndindex(images.shape[1:3]):
        if 0 <= y - dy < images.shape[1] and 0 <= x - dx < images.shape[2]:
            result[:, y, x] = images[:, y - dy, x - dx]
    return result


def convolved(images, kernel, bias):
    """relu(convolution), without padding."""
    windows = sliding_window_view(images, kernel.shape[:2], axis=(1, 2))
    return np.maximum(np.einsum("nyxcij,ijcf->nyxf", windows, kernel) + bias, 0)


def convolutions(layer):
    """The convolutions in a model, also those in models and wrappers inside it."""
    found = [layer] if "Conv" in type(layer).__name__ else []
    inner = [*getattr(layer, "layers", [])] + [part for part in [getattr(layer, "layer", None)] if part]
    return found + [convolution for part in inner for convolution in convolutions(part)]


def call(model, x):
    try:
        outputs = model(np.asarray(x, dtype="float32"), training=False)
    except Exception as error:
        raise AssertionError(f"the model does not take images (N, 28, 28, 1) ({type(error).__name__})") from None
    outputs = keras.ops.convert_to_numpy(outputs)
    assert outputs.shape == (len(x), 10), f"ten outputs per image are expected, not {outputs.shape[1:]}"
    return outputs


def check_probabilities(model, rng):
    # Strong inputs: the outputs of a fresh sigmoid are close to 1/2 each.
    p = call(model, rng.uniform(0, 4, size=(6, 28, 28, 1)))
    assert (p >= 0).all(), "the outputs are not probabilities: some are negative"
    assert np.allclose(p.sum(axis=1), 1, atol=1e-4), "the probabilities of an image do not add up to 1"


def check_nonlinear(model, rng):
    """For softmax(A x + b), the log-odds of a + b and of 0 together are those of a and of b together."""
    a, b = for_a_network(random_bytes(rng, 2, 28, 28)[:, np.newaxis])
    bends = []
    # Weak sigmoids are nearly linear, and of strong inputs a linear network may be so sure that nothing can be seen.
    for strength in (2, 50):
        p = call(model, strength * np.concatenate([a, b, a + b, 0 * a])).astype(float)
        if p.min() > 1e-30 and np.ptp(p, axis=0).any():
            odds = np.log(p / p[:, :1])
            bends.append(abs(odds[0] + odds[1] - odds[2] - odds[3]).max() / np.ptp(odds))
    assert not bends or max(bends) > 2e-4, (
        "the scores are a linear function of the pixels: a single layer could do the same"
    )


def share_read(model, x, y):
    """The share of digits that `model` reads."""
    outputs = np.concatenate([call(model, x[start : start + 500]) for start in range(0, len(x), 500)])
    return np.mean(outputs.argmax(axis=1) == y)


def train_to_read(model, digits, budget, seed, trainings, at_least):
    """The share of new digits that `model` reads at best, trained as the handout says."""
    data, new = ((for_a_network(images), labels) for images, labels in (digits, (DIGITS.x_test, DIGITS.y_test)))
    # A network that gives scores instead of probabilities loses the points of that task, and no others.
    scores = bool(call(model, data[0][:64]).min() < 0)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=scores)
    return train(model, data, new, loss, Budget(**budget), share_read, seed, trainings, at_least=at_least)
