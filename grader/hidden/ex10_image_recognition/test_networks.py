"""Hidden tests of ex10: residual blocks, a convolutional network, and how good its best guesses are."""

import course_data
import keras
import numpy as np
import pytest

from grader.compare import close, share
from grader.hidden.ex10_image_recognition.bad_input import refuses
from grader.hidden.ex10_image_recognition.image_models import (
    call,
    center,
    check_probabilities,
    is_3x3,
    train_to_recognise,
    with_convolutions,
)
from grader.hidden.returned_models import model_of

# top_k_accuracy


def ranked(rng, samples, classes):
    """Labels, probabilities without ties, and the rank (0: the most probable) of each label, a low one more often."""
    y_prob = rng.permuted(np.tile(2.0 ** np.arange(classes), (samples, 1)), axis=1)
    rank = np.minimum(rng.geometric(0.4, size=samples) - 1, classes - 1)
    y_true = np.argsort(-y_prob, axis=1)[np.arange(samples), rank]
    return y_true, y_prob / (2.0**classes - 1), rank


@pytest.mark.task("top_k_accuracy", weight=2)
@pytest.mark.parametrize("k", [1, 2, 4])
def test_share_of_labels_among_the_best(student, rng, k):
    """The share of samples whose label is among the k largest probabilities"""
    y_true, y_prob, rank = ranked(rng, 60, 7)
    assert student.top_k_accuracy(y_true, y_prob, k) == share(np.mean(rank < k), rtol=1e-6)


@pytest.mark.task("top_k_accuracy", edge=True)
def test_all_classes_contain_the_label(student, rng):
    """With k as large as the number of classes it is always 1"""
    y_true, y_prob, _ = ranked(rng, 20, 5)
    assert student.top_k_accuracy(y_true, y_prob, 5) == share(1.0, rtol=1e-6)


@pytest.mark.task("top_k_accuracy", edge=True)
def test_top_k_of_lists(student, rng):
    """Labels and probabilities may be lists"""
    y_true, y_prob, rank = ranked(rng, 20, 5)
    for given in ((y_true.tolist(), y_prob), (y_true, y_prob.tolist())):
        assert student.top_k_accuracy(*given, 2) == share(np.mean(rank < 2), rtol=1e-6)


@pytest.mark.task("top_k_accuracy", edge=True)
@pytest.mark.parametrize(
    ("labels", "rows", "k"),
    [(3, 4, 1), (1, 4, 1), (0, 0, 1), (4, 4, 0), (4, 4, 4)],
    ids=["lengths", "a single label", "empty", "k=0", "k>C"],
)
def test_top_k_refuses_bad_input(student, labels, rows, k):
    """Different lengths, no samples, k below 1 or above the number of classes are a ValueError"""
    refuses(student.top_k_accuracy, np.zeros(labels, dtype=int), np.full((rows, 3), 1 / 3), k)


# recall_per_class


@pytest.mark.task("recall_per_class", weight=2)
def test_share_of_each_class(student, rng):
    """For each class the share of its images that are recognised, for classes of very different sizes, too"""
    y_true = np.concatenate([np.arange(6), rng.choice(6, p=[0.5, 0.2, 0.1, 0.1, 0.05, 0.05], size=200)])
    y_pred = np.where(rng.random(206) < 0.6, y_true, rng.integers(0, 6, size=206))
    expected = [np.mean(y_pred[y_true == label] == label) for label in range(6)]
    assert student.recall_per_class(y_true, y_pred, 6) == close(expected, rtol=1e-6)


@pytest.mark.task("recall_per_class", edge=True)
def test_recall_of_classes_without_images(student, rng):
    """A class without images, in the middle or at the end, has 0; labels may be lists"""
    y_true = [0, 2, 2, 0, 2]
    y_pred = [int(label) for label in rng.permutation([0, 1, 2, 3, 2])]
    expected = np.zeros(5)
    for label in (0, 2):
        expected[label] = np.mean([p == label for t, p in zip(y_true, y_pred, strict=True) if t == label])
    assert student.recall_per_class(y_true, y_pred, 5) == close(expected, rtol=1e-6)


@pytest.mark.task("recall_per_class", edge=True)
@pytest.mark.parametrize("change", [1, -1], ids=["too large", "negative"])
@pytest.mark.parametrize("which", [0, 1], ids=["a label", "a prediction"])
def test_recall_refuses_what_is_no_class(student, rng, which, change):
    """A label or a prediction outside of the classes is a ValueError"""
    pair = [rng.integers(0, 4, size=9) for _ in range(2)]
    pair[which][rng.integers(9)] = 4 if change == 1 else -1
    refuses(student.recall_per_class, *pair, 4)


@pytest.mark.task("recall_per_class", edge=True)
@pytest.mark.parametrize(("labels", "predictions"), [(4, 3), (3, 4), (1, 4), (4, 1), (0, 0)])
def test_recall_refuses_other_lengths(student, labels, predictions):
    """Different lengths, a single label or prediction for several, and no images are a ValueError"""
    refuses(student.recall_per_class, np.zeros(labels, dtype=int), np.zeros(predictions, dtype=int), 2)


# residual_block


def eighths(rng, shape):
    """Multiples of 1/8 from 0 to 2: exact even in the short floats of a GPU."""
    return rng.integers(0, 17, size=shape) / 8


@pytest.mark.task("residual_block", weight=2)
def test_convolutions_at_zero_are_the_identity(student, rng):
    """With all convolutions at zero, images that are not negative come out as they went in"""
    block, x = student.residual_block((6, 8, 3), 3), eighths(rng, (2, 6, 8, 3))
    assert call(with_convolutions(block, center(3, 0), center(3, 0)), x) == close(x, rtol=1e-4, atol=1e-5)


@pytest.mark.task("residual_block", weight=3)
@pytest.mark.parametrize(
    ("first", "second"), [(1, 1), (-1, 1), (1, -0.5)], ids=["adds", "ReLU in between", "takes away"]
)
def test_adds_two_convolutions_to_the_input(student, rng, first, second):
    """What is added is conv(relu(conv(x))), and it may be negative"""
    block, x = student.residual_block((5, 4, 2), 2), eighths(rng, (2, 5, 4, 2))
    y = call(with_convolutions(block, center(2, first), center(2, second)), x)
    assert y == close(x + second * np.maximum(first * x, 0), rtol=1e-4, atol=1e-5)


@pytest.mark.task("residual_block")
def test_a_pixel_reaches_two_pixels_far(student):
    """Two convolutions of 3 x 3: a pixel has a say in the 5 x 5 pixels around it"""
    spread = np.ones((3, 3, 1, 1), dtype="float32")
    block = with_convolutions(student.residual_block((9, 9, 1), 1), spread, spread)
    x = np.ones((2, 9, 9, 1))
    x[1, 4, 4] += 1
    without, with_it = call(block, x)[..., 0]
    reached = np.zeros((9, 9), dtype=bool)
    reached[2:7, 2:7] = True
    assert np.array_equal(abs(with_it - without) > 0.5, reached), "a pixel does not reach as far as two convolutions do"


@pytest.mark.task("residual_block", weight=2)
@pytest.mark.parametrize(
    ("shape", "filters", "stride", "expected"),
    [((8, 6, 4), 4, 2, (4, 3, 4)), ((8, 6, 4), 7, 1, (8, 6, 7)), ((7, 9, 2), 5, 2, (4, 5, 5))],
    ids=["stride", "filters", "both, odd sizes"],
)
def test_shape_can_change(student, rng, shape, filters, stride, expected):
    """A stride of 2 halves height and width, `filters` is the number of channels, and the shortcut follows"""
    block = model_of(student.residual_block(shape, filters, stride=stride))
    x = np.stack([np.zeros(shape), 0.5 + eighths(rng, shape)])
    assert call(block, x).shape == (2, *expected), "the result has the wrong shape"
    # Without the 3 x 3 convolutions; nothing else is negative, so that no ReLU can hide the shortcut.
    block.set_weights([np.zeros_like(w) if is_3x3(w) else abs(w) for w in block.get_weights()])
    assert np.ptp(call(block, x), axis=0).max() > 1e-3, "where the shape changes, there is no way past the convolutions"


@pytest.mark.task("residual_block", edge=True)
@pytest.mark.parametrize(("filters", "stride"), [(0, 1), (4, 0)])
def test_block_refuses_impossible_sizes(student, filters, stride):
    """No filters, or a stride of 0, are a ValueError"""
    refuses(student.residual_block, (4, 4, 4), filters, stride)


# build_cnn


@pytest.mark.task("build_cnn", weight=2)
@pytest.mark.parametrize(("shape", "num_classes"), [((28, 28, 1), 10), ((24, 32, 3), 4)], ids=["grey", "in colour"])
def test_probabilities_of_an_image(student, rng, shape, num_classes):
    """An image gives one probability per class, by way of convolutions"""
    model = model_of(student.build_cnn(shape, num_classes))
    # Large numbers: the outputs of a sigmoid would not happen to add up to 1.
    check_probabilities(model, 5 * rng.normal(size=(4, *shape)), num_classes)
    kernels = [weight for weight in model.get_weights() if np.ndim(weight) == 4]
    assert len(kernels) >= 2, "there are fewer than two convolutions"


@pytest.mark.task("build_cnn")
def test_batches_are_normalized(student, rng):
    """In training the network takes note of mean and variance, time and again, and in use it does not"""
    model, x = model_of(student.build_cnn((28, 28, 1), 5)), 3 + 10 * rng.normal(size=(4, 28, 28, 1))
    before = model.get_weights()
    call(model, x)
    assert all(map(np.array_equal, before, model.get_weights())), "a forward pass outside training changes the model"
    call(model, x, training=True)
    assert not all(map(np.array_equal, before, model.get_weights())), "there is no batch normalization"
    for _ in range(12):
        call(model, x, training=True)
    check_probabilities(model, x, 5)  # What is noted is not a variance any more if it runs away.


@pytest.mark.task("build_cnn")
def test_height_and_width_are_halved(student, rng):
    """Three blocks halve height and width, one after the other, and a small move still shows"""
    model = model_of(student.build_cnn((48, 48, 1), 5))
    x = np.zeros((2, 4, 48, 48, 1))
    # From faint to glaring: somewhere in between, the outputs are neither all alike nor all 0 and 1.
    x[0, :, 16:28, 16:28] = np.geomspace(1, 1000, 4).reshape(4, 1, 1, 1) * rng.normal(size=(12, 12, 1))
    x[1, :, 20:32, 16:28] = x[0, :, 16:28, 16:28]
    here, there = np.split(call(model, x.reshape(8, 48, 48, 1)), 2)
    assert abs(here - there).max() > 1e-4, "there are no three blocks, each of which halves height and width"


@pytest.mark.task("build_cnn")
def test_dropout_only_in_training(student, rng):
    """Twice the same images give different outputs in training, and the same ones in use"""
    model, x = model_of(student.build_cnn((28, 28, 1), 5)), rng.normal(size=(4, 28, 28, 1))
    assert call(model, x) == close(call(model, x), rtol=1e-4, atol=1e-6)
    first, second = call(model, x, training=True), call(model, x, training=True)
    assert not np.allclose(first, second, atol=1e-6), "there is no dropout"


@pytest.mark.task("build_cnn", weight=3)
def test_parameters_do_not_depend_on_the_size(student):
    """A global pooling: larger images need no more parameters"""
    small, large = (model_of(student.build_cnn((n, n, 3), 5)).count_params() for n in (36, 48))
    assert small == large, "the number of parameters depends on the size of the images"


@pytest.mark.task("build_cnn", edge=True)
def test_cnn_refuses_a_single_class(student):
    """A single class is a ValueError"""
    refuses(student.build_cnn, (28, 28, 1), 1)


@pytest.mark.trains
@pytest.mark.task("build_cnn", weight=4)
def test_learns_clothing(student, course_seed, course_rng, profile, trainings, record_property):
    """Trained by the grader, it recognises clothes that it has not seen"""
    data = course_data.load("clothing")
    chosen = course_rng.permutation(len(data.x_train))[: profile["clothing"]["images"]]
    mean, std = data.x_train.mean(), data.x_train.std()
    x, x_test = (((images[..., None] - mean) / std).astype("float32") for images in (data.x_train[chosen], data.x_test))
    known, unseen = (x, data.y_train[chosen]), (x_test, data.y_test)
    keras.utils.set_random_seed(course_seed)
    model = model_of(student.build_cnn((28, 28, 1), 10))
    found = train_to_recognise(model, known, unseen, profile["clothing"], course_seed, trainings)
    record_property("clothing.accuracy", found)
    assert found >= profile["clothing"]["accuracy"], "after training, it does not recognise enough"
