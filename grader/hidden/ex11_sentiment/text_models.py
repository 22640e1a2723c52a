"""What a network that judges texts puts out, and what moves it: probed with random weights and a forward pass.

A new network hardly depends on its input; one whose weights are shaken does.
"""

import keras
import numpy as np

from grader.hidden.ex11_sentiment.sentences import UNKNOWN
from grader.hidden.returned_models import model_of
from grader.hidden.training import Budget, train

DRAWS = 4  # of random weights: with some of them a correct network may be saturated or dead


def call(model, x):
    return keras.ops.convert_to_numpy(model_of(model)(x, training=False))


def positive(outputs, count):
    """The probability of positive, one per text, from one or two outputs that must be probabilities."""
    assert outputs.shape in ((count, 1), (count, 2), (count,)), "one probability per text is expected (or two)"
    assert np.isfinite(outputs).all(), "an output is not finite"
    assert outputs.min() > -1e-5, "an output is negative, so it is not a probability"
    assert outputs.max() < 1 + 1e-5, "an output is larger than 1, so it is not a probability"
    if outputs.shape == (count, 2):
        assert np.allclose(outputs.sum(axis=1), 1, atol=1e-3), "two probabilities that do not add up to 1"
    return outputs.reshape(count, -1)[:, -1]


def shake(rng, weights, strength=3.0):
    """Random kernels and embeddings of the same shapes; biases and the like stay."""
    return [w if w.ndim < 2 else rng.normal(0, strength / np.sqrt(w.shape[-2]), w.shape) for w in weights]


def check_outputs(model, rng, x):
    """Probabilities, with any weights, that depend on the text."""
    spread = [np.ptp(positive(call(model, x), len(x)))]
    for strength in [3.0, 30.0] * DRAWS:
        model.set_weights(shake(rng, model.get_weights(), strength))
        spread.append(np.ptp(positive(call(model, x), len(x))))
    assert max(spread) > 1e-3, "the output is the same for all texts"


def tells_apart(model, rng, x, other):
    """Whether two batches of the same texts, but for one thing, get different probabilities."""
    call(model, x)  # a model without an input layer has its weights from here on
    for _ in range(DRAWS):
        model.set_weights(shake(rng, model.get_weights()))
        if np.abs(positive(call(model, x), len(x)) - positive(call(model, other), len(x))).max() > 1e-3:
            return True
    return False


def every_id(rng, rows=8, words=7, padding=2):
    """Rows in which every id but that of padding occurs once, with padding at the end; and the vocabulary's size."""
    ids = rng.permutation(rows * words) + UNKNOWN
    return np.pad(ids.reshape(rows, words), [(0, 0), (0, padding)]).astype("int32"), rows * words + UNKNOWN


def kinds_of_layers(model):
    """The class names of all layers, those inside other models and wrappers too."""
    names = []
    for layer in [*getattr(model, "layers", []), getattr(model, "layer", None), getattr(model, "forward_layer", None)]:
        if layer is not None:
            names += [type(layer).__name__, *kinds_of_layers(layer)]
    return names


# training


def targets_for(model, x, y):
    """The labels in the shape of what `model` gives for `x`: one number or two, at each position or not."""
    outputs = call(model, x[:1])
    y = np.eye(2)[y] if outputs.shape[-1] == 2 else y[:, None]
    y = y.reshape(len(x), *[1] * (outputs.ndim - 2), y.shape[1])  # an output per position learns at each of them
    return y.astype("float32")


def share_understood(model, x, y):
    """The share of texts of which `model` knows whether they are positive."""
    outputs = model.predict(x, batch_size=512, verbose=0)
    last = outputs[..., -1] if outputs.ndim > 1 else outputs
    return np.mean((last.reshape(len(x), -1).mean(axis=1) > 0.5) == y)


def train_to_understand(model, data, unseen, profile, seed, trainings):
    """The share of the `unseen` texts that `model` understands at best while it is trained on `data`."""
    x, y = data
    # The squared error is fair to raw scores, too.
    loss, targets, budget = "mean_squared_error", targets_for(model, x, y), Budget(**profile["budget"])
    look, enough = share_understood, profile["accuracy"]
    return train(model, (x, targets), unseen, loss, budget, look, seed, trainings, at_least=enough)
