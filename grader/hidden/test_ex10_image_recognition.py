"""Hidden tests of ex10.

Models are probed with weights set by hand and single forward passes; only two tests train, the last ones of
`build_cnn` and of `build_transfer_model`.
"""

import keras
import numpy as np
import pytest
from keras import layers

import datasets
from grader.compare import close
from grader.hidden.image_models import (
    accuracy,
    awake,
    call,
    center,
    check_probabilities,
    find,
    flat,
    is_3x3,
    nested,
    tiny_base,
    to_numpy,
    train,
    with_convolutions,
)
from grader.hidden.models import model_of

CLIP_ART_MEAN = (103.939, 116.779, 123.68)  # what SqueezeNet wants to be subtracted: blue, green, red


def random_images(rng, shape):
    """Bytes from 1 to 255: never the zeros that are put around an image."""
    return rng.integers(1, 256, size=shape, dtype=np.uint8)


def same_shape(images, result):
    assert np.shape(result) == images.shape, "the result has the wrong shape"
    return np.asarray(result)


def refuses(function, *args):
    with pytest.raises(ValueError):
        function(*args)


# channel_statistics


@pytest.mark.task("channel_statistics", weight=2)
@pytest.mark.parametrize("channels", [1, 3])
def test_statistics_of_every_channel(student, rng, channels):
    """One mean and one deviation per channel, over all images: how dark and bright ones differ is part of it"""
    images = random_images(rng, (7, 5, 6, channels)) // rng.integers(1, 9, size=(7, 1, 1, channels), dtype=np.uint8)
    mean, std = student.channel_statistics(images)
    assert np.asarray(mean) == close(images.mean(axis=(0, 1, 2)), rtol=1e-5)
    assert np.asarray(std) == close(images.std(axis=(0, 1, 2)), rtol=1e-4)


@pytest.mark.task("channel_statistics", edge=True)
@pytest.mark.parametrize("shape", [(4, 5, 6), (0, 5, 6, 3)], ids=["no channels", "no images"])
def test_statistics_refuse_what_is_no_batch(student, shape):
    """Images without channels, or no images, are a ValueError"""
    refuses(student.channel_statistics, np.zeros(shape))


@pytest.mark.task("channel_statistics", edge=True)
def test_statistics_of_lists(student, rng):
    """Nested lists are images, too"""
    images = random_images(rng, (3, 5, 4, 2))
    mean, std = student.channel_statistics(images.tolist())
    assert np.asarray(mean) == close(images.mean(axis=(0, 1, 2)), rtol=1e-5)
    assert np.asarray(std) == close(images.std(axis=(0, 1, 2)), rtol=1e-4)


# normalize


@pytest.mark.task("normalize", weight=2)
def test_normalizes_by_what_is_given(student, rng):
    """Each channel minus its mean, divided by its deviation: those that are given, not those of the images"""
    images, mean, std = random_images(rng, (4, 5, 6, 3)), rng.uniform(0, 200, size=3), rng.uniform(10, 80, size=3)
    assert student.normalize(images, mean, std) == close((images - mean) / std, rtol=1e-4, atol=1e-5)


@pytest.mark.task("normalize")
def test_constant_channel_becomes_zero(student, rng):
    """A channel that is constant becomes 0, the others as always"""
    images, constant = random_images(rng, (4, 5, 6, 3)), int(rng.integers(3))
    images[..., constant] = rng.integers(1, 256)
    mean, std = images.mean(axis=(0, 1, 2)), images.std(axis=(0, 1, 2))
    expected = (images - mean) / np.where(std == 0, 1, std)
    assert student.normalize(images, mean, std) == close(expected, rtol=1e-4, atol=1e-5)


@pytest.mark.task("normalize", edge=True)
def test_normalizes_by_lists(student, rng):
    """Mean and deviation may be lists"""
    images, mean, std = random_images(rng, (4, 5, 6, 3)), rng.integers(90, 160, size=3), rng.integers(10, 80, size=3)
    result = student.normalize(images, mean.tolist(), std.tolist())
    assert result == close((images - mean) / std, rtol=1e-4, atol=1e-5)


@pytest.mark.task("normalize", edge=True)
@pytest.mark.parametrize(("means", "deviations"), [(2, 2), (1, 3), (3, 1)])
def test_normalize_refuses_the_wrong_number_of_channels(student, means, deviations):
    """Means or deviations of one or two channels for images of three are a ValueError"""
    refuses(student.normalize, np.zeros((2, 4, 5, 3)), np.zeros(means), np.ones(deviations))


# random_flip


def flips(student, images, probability, seed):
    """The result, and which images were mirrored."""
    result = same_shape(images, student.random_flip(images, probability, np.random.default_rng(seed)))
    kept = (result == images).all(axis=(1, 2, 3))
    mirrored = (result == images[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (kept | mirrored).all(), "an image is neither as it was nor mirrored left to right"
    return result, mirrored


@pytest.mark.task("random_flip", weight=2)
def test_none_or_all_are_mirrored(student, rng, seed):
    """With probability 0 no image is mirrored, with 1 every one"""
    for probability in (0, 1):
        _, mirrored = flips(student, random_images(rng, (12, 4, 6, 3)), probability, seed)
        assert (mirrored == bool(probability)).all(), "the wrong images are mirrored"


@pytest.mark.task("random_flip", weight=3)
def test_share_of_mirrored_images(student, rng, seed):
    """Chance decides for each image, with the probability that is given"""
    probability, count = float(rng.choice([0.2, 0.3, 0.7, 0.8])), 600
    _, mirrored = flips(student, random_images(rng, (count, 2, 5, 1)), probability, seed)
    assert 0 < mirrored.sum() < count, "either all images are mirrored or none"
    spread = np.sqrt(probability * (1 - probability) / count)
    assert abs(mirrored.mean() - probability) < 5.5 * spread, "the share of mirrored images is not the probability"


@pytest.mark.task("random_flip")
def test_flips_follow_from_the_generator(student, rng, seed):
    """The same generator gives the same images, another one others"""
    images = random_images(rng, (80, 2, 5, 1))
    first, again, other = (flips(student, images, 0.5, s)[0] for s in (seed, seed, seed + 1))
    assert (first == again).all(), "chance does not come from rng"
    assert (first != other).any(), "chance does not come from rng"


@pytest.mark.task("random_flip", edge=True)
@pytest.mark.parametrize("probability", [-0.1, 1.5])
def test_flip_refuses_what_is_no_probability(student, rng, probability):
    """A probability below 0 or above 1 is a ValueError"""
    refuses(student.random_flip, random_images(rng, (2, 3, 3, 1)), probability, rng)


@pytest.mark.task("random_flip", edge=True)
@pytest.mark.parametrize("shape", [(4, 5, 6), (0, 5, 6, 3)], ids=["no channels", "no images"])
def test_flip_refuses_what_is_no_batch(student, rng, shape):
    """Images without channels, or no images, are a ValueError"""
    refuses(student.random_flip, np.zeros(shape), 0.5, rng)


# random_crop


def crops(student, images, padding, seed):
    """The result, and for each image the row and the column where its piece begins in the larger image."""
    result = same_shape(images, student.random_crop(images, padding, np.random.default_rng(seed)))
    _, height, width, _ = images.shape
    larger = np.pad(images, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    found = np.full((len(images), 2), -1)
    for row, column in np.ndindex(2 * padding + 1, 2 * padding + 1):
        piece = larger[:, row : row + height, column : column + width]
        found[(piece == result).all(axis=(1, 2, 3))] = row, column
    assert (found >= 0).all(), "a result is no piece of the image with zeros around it"
    return result, found


@pytest.mark.task("random_crop", weight=2)
def test_pieces_of_the_larger_image(student, rng, seed):
    """Each result is a piece of its image with zeros around it, in the old size and with all channels together"""
    _, begins = crops(student, random_images(rng, (30, 6, 9, 3)), 2, seed)
    assert np.ptp(begins, axis=0).any(), "nothing moves"


@pytest.mark.task("random_crop", weight=3)
def test_every_piece_is_equally_likely(student, rng, seed):
    """All nine pieces with a border of 1 appear, the ends included, and equally often"""
    count = 900
    _, begins = crops(student, random_images(rng, (count, 3, 4, 1)), 1, seed)
    often = np.bincount(begins @ [3, 1], minlength=9)
    assert (often > 0).all(), "some offsets never appear"
    assert abs(often - count / 9).max() < 5.5 * np.sqrt(count * 8 / 81), "some offsets are more likely than others"


@pytest.mark.task("random_crop")
def test_crops_follow_from_the_generator(student, rng, seed):
    """The same generator gives the same pieces, another one others"""
    images = random_images(rng, (40, 4, 5, 1)) | 1
    first, again, other = (crops(student, images, 2, s)[0] for s in (seed, seed, seed + 1))
    assert (first == again).all(), "chance does not come from rng"
    assert (first != other).any(), "chance does not come from rng"


@pytest.mark.task("random_crop", edge=True)
def test_no_border_changes_nothing(student, rng, seed):
    """With a border of 0 all images stay as they are; nested lists are images, too"""
    images = random_images(rng, (3, 4, 5, 3))
    crops(student, images, 0, seed)
    assert student.random_crop(images.tolist(), 0, rng) == close(images)


@pytest.mark.task("random_crop", edge=True)
def test_crop_refuses_a_negative_border(student, rng):
    """A negative border is a ValueError"""
    refuses(student.random_crop, random_images(rng, (2, 5, 5, 1)), -1, rng)


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
    assert student.top_k_accuracy(y_true, y_prob, k) == close(np.mean(rank < k), rtol=1e-6)


@pytest.mark.task("top_k_accuracy", edge=True)
def test_all_classes_contain_the_label(student, rng):
    """With k as large as the number of classes it is always 1"""
    y_true, y_prob, _ = ranked(rng, 20, 5)
    assert student.top_k_accuracy(y_true, y_prob, 5) == close(1.0, rtol=1e-6)


@pytest.mark.task("top_k_accuracy", edge=True)
def test_top_k_of_lists(student, rng):
    """Labels and probabilities may be lists"""
    y_true, y_prob, rank = ranked(rng, 20, 5)
    for given in ((y_true.tolist(), y_prob), (y_true, y_prob.tolist())):
        assert student.top_k_accuracy(*given, 2) == close(np.mean(rank < 2), rtol=1e-6)


@pytest.mark.task("top_k_accuracy", edge=True)
@pytest.mark.parametrize(
    ("labels", "rows", "k"),
    [(3, 4, 1), (1, 4, 1), (0, 0, 1), (4, 4, 0), (4, 4, 4)],
    ids=["lengths", "a single label", "empty", "k=0", "k>C"],
)
def test_top_k_refuses_bad_input(student, labels, rows, k):
    """Different lengths, no samples, k below 1 or above the number of classes are a ValueError"""
    refuses(student.top_k_accuracy, np.zeros(labels, dtype=int), np.full((rows, 3), 1 / 3), k)


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
    check_probabilities(model, x, 5)  # What is noted is no variance any more if it runs away.


@pytest.mark.task("build_cnn")
def test_height_and_width_are_halved(student, rng):
    """Three blocks make one row out of eight: where something is moved by four rows, the outputs are others"""
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
def test_learns_clothing(student, seed, rng, profile, record_property):
    """Trained by the grader, it recognises clothes that it has not seen"""
    data = datasets.load("clothing")
    chosen = rng.permutation(len(data.x_train))[: profile["clothing"]["images"]]
    mean, std = data.x_train.mean(), data.x_train.std()
    x, x_test = ((images[..., None] - mean) / std for images in (data.x_train[chosen], data.x_test))
    keras.utils.set_random_seed(seed)
    model = model_of(student.build_cnn((28, 28, 1), 10))
    train(model, x.astype("float32"), data.y_train[chosen], profile["clothing"])
    found = accuracy(model, x_test, data.y_test)
    record_property("clothing.accuracy", found)
    assert found >= profile["clothing"]["accuracy"], "after training, it does not recognise enough"


# build_transfer_model


@pytest.mark.task("build_transfer_model", weight=4)
def test_base_is_frozen(student, rng):
    """All weights of the base are there, with their values, and none of them will be trained"""
    base = tiny_base(rng)
    weights = base.get_weights()
    model = model_of(student.build_transfer_model(base, 4))
    assert not any(awake(weights, model)), "a weight of the base is awake"


@pytest.mark.task("build_transfer_model")
def test_statistics_of_the_base_stay(student, rng):
    """The batch normalization of the base does not follow the new images"""
    base = tiny_base(rng)
    weights = base.get_weights()
    model = model_of(student.build_transfer_model(base, 4))
    assert np.shape(call(model, rng.normal(size=(3, 12, 12, 3)), training=True)) == (3, 4), "the head is missing"
    find(weights, model)


@pytest.mark.task("build_transfer_model", weight=2)
@pytest.mark.parametrize("num_classes", [2, 4])
def test_head_gives_probabilities_and_is_awake(student, rng, num_classes):
    """A new head with one softmax output per class, which will be trained"""
    model = model_of(student.build_transfer_model(tiny_base(rng), num_classes))
    check_probabilities(model, rng.normal(size=(4, 12, 12, 3)), num_classes)
    widths = [variable.shape[-1] for variable in model.trainable_variables]
    assert num_classes in widths, "the output layer will not be trained"


@pytest.mark.task("build_transfer_model", weight=2)
def test_images_go_into_the_base_as_they_are(student, rng):
    """The base sees the images as they come: they are already prepared for it"""
    inputs = keras.Input((8, 8, 3))
    base = keras.Model(inputs, layers.Conv2D(9, 1, activation="relu")(inputs))
    # Each feature is 0 up to a brightness of its own, and grows from there.
    slopes, brightness = rng.uniform(0.002, 0.01, size=9), rng.uniform(95, 140, size=9)
    base.set_weights([np.broadcast_to(slopes / 3, (1, 1, 3, 9)), -slopes * brightness])
    images = np.array([0, 90, 150, 200]).reshape(4, 1, 1, 1) * np.ones((8, 8, 3))
    probabilities = call(model_of(student.build_transfer_model(base, 3)), images)
    assert np.shape(probabilities) == (4, 3), "the head is missing"
    dark, grey, light, lighter = probabilities
    as_they_are = np.allclose(dark, grey, atol=1e-4) and abs(light - lighter).max() > 1e-3
    assert as_they_are, "the images do not reach the base as they are"


@pytest.mark.task("build_transfer_model")
def test_images_of_any_size(student, rng):
    """A base that takes images of any size gives a model that does"""
    model = model_of(student.build_transfer_model(tiny_base(rng, size=None), 4))
    for size in (12, 20):
        check_probabilities(model, rng.normal(size=(2, size, size, 3)), 4)


@pytest.mark.task("build_transfer_model", edge=True)
def test_transfer_refuses_a_single_class(student, rng):
    """A single class is a ValueError"""
    refuses(student.build_transfer_model, tiny_base(rng), 1)


@pytest.mark.trains
@pytest.mark.task("build_transfer_model", weight=3)
def test_learns_clip_art(student, seed, profile, record_property):
    """With SqueezeNet as the base and few pictures to learn from, it recognises new ones"""
    data = datasets.load("clip_art")
    x, x_test = (images[..., ::-1].astype("float32") - CLIP_ART_MEAN for images in (data.x_train, data.x_test))
    keras.utils.set_random_seed(seed)
    model = model_of(student.build_transfer_model(datasets.squeezenet(x.shape[1:]), 5))
    train(model, x.astype("float32"), data.y_train, profile["clip_art"])
    found = accuracy(model, x_test, data.y_test)
    record_property("clip_art.accuracy", found)
    assert found >= profile["clip_art"]["accuracy"], "after training, it does not recognise enough"


# unfreeze


def check_unfrozen(student, rng, count, check, learning_rate=1e-3):
    """`check(base, model)` holds for a model with the base inside, or with its layers, or made by the student.

    One of them is enough: `unfreeze` may rely on the way in which the student's `build_transfer_model` puts models
    together; but where that is wrong, it must cost nothing here.
    """

    def own(rng):
        base = tiny_base(rng)
        return base, student.build_transfer_model(base, 4)

    problems = []
    for build in (nested, flat, own):
        try:
            base, model = build(rng)
            return check(base, model_of(student.unfreeze(model, count, learning_rate)))
        except Exception as error:
            problems.append(error)
    *known, _ = problems
    raise next((error for error in known if isinstance(error, AssertionError)), known[0])


def awake_layers(base, model):
    """The names of the layers of the base of which a weight will be trained."""
    return {layer.name for layer in base.layers if any(awake(layer.get_weights(), model))}


@pytest.mark.task("unfreeze", weight=2)
@pytest.mark.parametrize(
    "awake",
    [{0: set(), 5: {"convolution_3"}}, {2: set(), 6: {"convolution_2", "convolution_3"}}],
    ids=["0 or 5", "2 or 6"],
)
def test_wakes_the_last_layers(student, rng, awake):
    """The last layers of the base are awake, those without weights counted, and no others; 0 wakes none"""
    for count, expected in awake.items():

        def check(base, model, expected=expected):
            assert awake_layers(base, model) == expected, "the wrong layers of the base are awake"

        check_unfrozen(student, rng, count, check)


@pytest.mark.task("unfreeze", weight=2)
def test_normalization_stays_frozen(student, rng):
    """The batch normalization of the base is neither trained nor follows the new images"""

    def check(base, model):
        names = awake_layers(base, model)
        assert "convolution_1" in names, "the wrong layers of the base are awake"
        assert not any("normalization" in name for name in names), "a batch normalization of the base is awake"
        call(model, rng.normal(size=(3, 12, 12, 3)), training=True)
        find(base.get_weights(), model)

    check_unfrozen(student, rng, 9, check)


@pytest.mark.task("unfreeze")
def test_head_stays_awake(student, rng):
    """The head goes on learning"""

    def check(base, model):
        assert awake_layers(base, model), "no layer of the base is awake"
        assert any(variable.shape[-1] == 4 for variable in model.trainable_variables), "the head is frozen"

    check_unfrozen(student, rng, 5, check)


@pytest.mark.task("unfreeze", weight=2)
def test_is_compiled_anew(student, rng):
    """Compiled with the learning rate that is given, for integer labels"""
    rate = float(rng.uniform(1e-5, 1e-3))
    probabilities, y = rng.dirichlet(np.ones(4), size=6).astype("float32"), rng.integers(0, 4, size=6)
    expected = -np.log(probabilities[np.arange(6), y]).mean()

    def check(base, model):
        assert model.compiled, "the model is not compiled"
        assert float(to_numpy(model.optimizer.learning_rate)) == close(rate, rtol=1e-4)
        tensors = {"y": keras.ops.convert_to_tensor(y), "y_pred": keras.ops.convert_to_tensor(probabilities)}
        try:
            loss = float(to_numpy(model.compute_loss(**tensors)))
        except Exception as error:
            raise AssertionError(f"the loss does not take integer labels ({type(error).__name__})") from None
        assert loss == close(expected, rtol=1e-3)

    check_unfrozen(student, rng, 3, check, learning_rate=rate)


@pytest.mark.task("unfreeze")
def test_accuracy_is_watched(student, rng):
    """Compiled with the accuracy, which `fit` and `evaluate` show"""
    probabilities, y = rng.dirichlet(np.ones(4), size=8).astype("float32"), rng.integers(0, 4, size=8)
    y[:3] = probabilities[:3].argmax(axis=1)
    expected = np.mean(probabilities.argmax(axis=1) == y)

    def check(base, model):
        tensors = (keras.ops.convert_to_tensor(a) for a in (y, probabilities))
        results = model.compute_metrics(None, *tensors)
        values = [float(to_numpy(value)) for name, value in results.items() if name != "loss"]
        assert any(value == close(expected, rtol=1e-5) for value in values), "the accuracy is not watched"

    check_unfrozen(student, rng, 3, check)


@pytest.mark.task("unfreeze", edge=True)
def test_unfreeze_refuses_a_negative_number(student, rng):
    """A negative number of layers is a ValueError"""
    refuses(student.unfreeze, nested(rng)[1], -1, 1e-3)
