"""Visible tests of ex10: run `pytest exercises/ex10_image_recognition` while you work."""

import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close, share

# Two pictures of two rows and three columns, in two channels; the second channel is always 8.
PICTURES = np.full((2, 2, 3, 2), 8)
PICTURES[0, :, :, 0] = [[1, 2, 3], [4, 5, 6]]
PICTURES[1, :, :, 0] = [[1, 1, 1], [1, 1, 10]]


EAGER = "tensorflow" in keras.config.backend()  # which needs longer to prepare a graph than for a single batch
NO_BATCHES = pytest.mark.parametrize("shape", [(4, 4, 3), (0, 4, 4, 3)], ids=["no axis of images", "no images"])


def outputs(model, x, training=False):
    return keras.ops.convert_to_numpy(model(np.asarray(x, dtype="float32"), training=training))


def small_base():
    """A base that you can hold in your head: two convolutions, one normalization, six layers with the input."""
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", name="first")(inputs)
    x = layers.BatchNormalization(name="normalization")(x)
    x = layers.ReLU(name="relu")(x)
    x = layers.Conv2D(6, 3, padding="same", name="second")(x)
    return keras.Model(inputs, layers.MaxPooling2D(name="pooling")(x), name="base")


def trained_parts(model):
    """The names of what will be trained in a model, such as `second/kernel`."""
    return {"/".join(variable.path.split("/")[-2:]) for variable in model.trainable_variables}


@pytest.mark.task("channel_statistics")
def test_statistics_of_two_pictures(student):
    """The first channel has mean 3 and standard deviation sqrt(88 / 12), the second is always 8"""
    mean, std = student.channel_statistics(PICTURES)
    assert np.asarray(mean) == close([3, 8])
    assert np.asarray(std) == close([np.sqrt(88 / 12), 0], atol=1e-6)


@pytest.mark.task("channel_statistics")
def test_statistics_of_bytes(student):
    """Bytes end at 255, sums and squares do not: 200 and 100, half and half, have mean 150, standard deviation 50"""
    images = np.full((4, 8, 8, 1), 200, dtype=np.uint8)
    images[::2] = 100
    mean, std = student.channel_statistics(images)
    assert np.asarray(mean) == close([150], rtol=1e-5)
    assert np.asarray(std) == close([50], rtol=1e-4)


@pytest.mark.task("channel_statistics", edge=True)
@NO_BATCHES
def test_statistics_refuse_what_is_no_batch(student, shape):
    """A single image, without the axis of the images, or no images are a ValueError"""
    with pytest.raises(ValueError):
        student.channel_statistics(np.zeros(shape))


@pytest.mark.task("normalize", weight=2)
def test_normalized_pictures(student):
    """Minus 3, divided by 2: the first row of the first picture becomes -1, -.5, 0"""
    z = np.asarray(student.normalize(PICTURES, [3.0, 0.0], [2.0, 4.0]))
    assert z.shape == PICTURES.shape, f"the result has the shape {z.shape}"
    assert z[0, 0, :, 0] == close([-1, -0.5, 0], atol=1e-6)
    assert z[1, 1, :, 1] == close([2, 2, 2])


@pytest.mark.task("normalize")
def test_a_constant_channel(student):
    """The second channel is always 8, its standard deviation is 0: it becomes 0"""
    z = np.asarray(student.normalize(PICTURES, [3.0, 8.0], [2.0, 0.0]))
    assert z[..., 1] == close(np.zeros((2, 2, 3)))
    assert z[0, 0, :, 0] == close([-1, -0.5, 0], atol=1e-6)


@pytest.mark.task("normalize", edge=True)
@NO_BATCHES
def test_normalize_refuses_what_is_no_batch(student, shape):
    """A single image, without the axis of the images, or no images are a ValueError"""
    with pytest.raises(ValueError):
        student.normalize(np.zeros(shape), np.zeros(3), np.ones(3))


@pytest.mark.task("normalize", edge=True)
@pytest.mark.parametrize(("means", "deviations"), [(1, 2), (2, 1)])
def test_normalize_refuses_the_wrong_number_of_channels(student, means, deviations):
    """One mean, or one standard deviation, for pictures of two channels is a ValueError"""
    with pytest.raises(ValueError):
        student.normalize(PICTURES, np.zeros(means), np.ones(deviations))


@pytest.mark.task("random_flip", weight=2)
def test_every_picture_is_mirrored(student):
    """With probability 1 the row 1, 2, 3 becomes 3, 2, 1; with 0 every picture stays as it is"""
    flipped = np.asarray(student.random_flip(PICTURES, 1, np.random.default_rng(0)))
    assert flipped[0, :, :, 0] == close([[3, 2, 1], [6, 5, 4]])
    assert student.random_flip(PICTURES, 0, np.random.default_rng(0)) == close(PICTURES)


@pytest.mark.task("random_flip", weight=2)
def test_about_half_of_the_pictures_are_mirrored(student):
    """Of 400 copies of a picture, with probability 1/2, between 150 and 250 are mirrored"""
    copies = PICTURES[:1].repeat(400, axis=0)
    flipped = np.asarray(student.random_flip(copies, 0.5, np.random.default_rng(0)))
    count = int((flipped[:, 0, 0, 0] == 3).sum())
    assert 150 <= count <= 250, f"{count} of 400 are mirrored"


@pytest.mark.task("random_flip")
def test_one_in_five_is_mirrored(student):
    """Of 400 copies of a picture, with probability 1/5, between 40 and 120 are mirrored, in all their rows"""
    copies = PICTURES[:1].repeat(400, axis=0)
    flipped = np.asarray(student.random_flip(copies, 0.2, np.random.default_rng(0)))
    mirrored = flipped[:, 0, 0, 0] == 3
    assert 40 <= mirrored.sum() <= 120, f"{mirrored.sum()} of 400 are mirrored"
    assert (flipped[mirrored] == copies[mirrored][:, :, ::-1]).all(), "only a part of a picture is mirrored"
    assert (flipped[~mirrored] == copies[~mirrored]).all(), "a picture is neither as it was nor mirrored"


@pytest.mark.task("random_flip")
def test_flips_come_from_rng(student):
    """The same generator mirrors the same pictures, another one others"""
    copies = PICTURES[:1].repeat(80, axis=0)
    first, again, other = (student.random_flip(copies, 0.5, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again), "the same seed mirrors other pictures: chance does not come from rng"
    assert not np.array_equal(first, other), "another seed mirrors the same pictures: chance does not come from rng"


@pytest.mark.task("random_flip", edge=True)
@NO_BATCHES
def test_flip_refuses_what_is_no_batch(student, shape):
    """A single image, without the axis of the images, or no images are a ValueError"""
    with pytest.raises(ValueError):
        student.random_flip(np.zeros(shape), 0.5, np.random.default_rng(0))


@pytest.mark.task("random_flip", edge=True)
@pytest.mark.parametrize("probability", [-0.5, 1.5])
def test_flip_refuses_what_is_no_probability(student, probability):
    """A probability below 0 or above 1 is a ValueError"""
    with pytest.raises(ValueError):
        student.random_flip(PICTURES, probability, np.random.default_rng(0))


@pytest.mark.task("random_crop")
def test_pieces_of_a_picture(student):
    """A bright pixel in the middle of 3 x 3, moved by at most 1: it is never lost, and reaches all 9 places"""
    images = np.zeros((200, 3, 3, 1))
    images[:, 1, 1] = 5
    moved = np.asarray(student.random_crop(images, 1, np.random.default_rng(0)))
    assert moved.shape == images.shape, f"the result has the shape {moved.shape}"
    assert moved.sum(axis=(1, 2, 3)) == close(np.full(200, 5))
    assert (moved.sum(axis=(0, 3)) > 0).all(), "the pixel does not reach all nine places"


@pytest.mark.task("random_crop", weight=2)
def test_places_are_equally_likely(student):
    """Of 360 pictures about 40 go to each of the nine places, rows and columns drawn apart, each picture by itself"""
    images = np.zeros((360, 3, 3, 1))
    images[:, 1, 1] = 1
    moved = np.asarray(student.random_crop(images, 1, np.random.default_rng(0)))
    counts = moved.sum(axis=(0, 3)).astype(int)
    assert counts.min() > 12, f"the places are taken {counts.tolist()} times"
    assert counts.max() < 80, f"the places are taken {counts.tolist()} times"


@pytest.mark.task("random_crop")
def test_zeros_come_in_from_outside(student):
    """A picture of ones, moved: what comes in at its border is 0"""
    moved = np.asarray(student.random_crop(np.ones((50, 4, 4, 1)), 2, np.random.default_rng(0)))
    assert set(np.unique(moved)) == {0, 1}, "there is something else than ones and zeros"


@pytest.mark.task("random_crop")
def test_channels_move_together(student):
    """A picture moves as a whole: its second channel, ten times as bright, goes where the first one goes"""
    images = np.arange(1, 25).reshape(1, 4, 6, 1).repeat(20, axis=0) * [1, 10]
    moved = np.asarray(student.random_crop(images, 2, np.random.default_rng(0)))
    assert moved.shape == images.shape, f"the result has the shape {moved.shape}"
    assert np.array_equal(10 * moved[..., 0], moved[..., 1]), "the channels do not move together"
    steps = [len(set((after - before)[after > 0])) for before, after in zip(images[..., 0], moved[..., 0], strict=True)]
    assert max(steps) == 1, "a picture does not move as a whole"


@pytest.mark.task("random_crop")
def test_crops_come_from_rng(student):
    """The same generator gives the same pieces, another one others"""
    images = np.ones((40, 4, 4, 1))
    first, again, other = (student.random_crop(images, 2, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again), "the same seed gives other pieces: chance does not come from rng"
    assert not np.array_equal(first, other), "another seed gives the same pieces: chance does not come from rng"


@pytest.mark.task("random_crop", edge=True)
def test_crop_without_a_border(student):
    """With a border of 0 nothing moves"""
    assert student.random_crop(PICTURES, 0, np.random.default_rng(0)) == close(PICTURES)


@pytest.mark.task("random_crop", edge=True)
@pytest.mark.parametrize(
    ("shape", "padding"),
    [((2, 4, 4, 3), -1), ((4, 4, 3), 1), ((0, 4, 4, 3), 1)],
    ids=["a negative border", "no axis of images", "no images"],
)
def test_crop_refuses(student, shape, padding):
    """A negative border, a single image without the axis of the images, or no images are a ValueError"""
    with pytest.raises(ValueError):
        student.random_crop(np.ones(shape), padding, np.random.default_rng(0))


@pytest.mark.task("top_k_accuracy", weight=2)
def test_top_k_of_four_samples(student):
    """The labels come first, first, second and fourth: 2/4, 3/4, 3/4 and 1"""
    y_prob = [[0.4, 0.3, 0.2, 0.1], [0.2, 0.5, 0.2, 0.1], [0.6, 0.1, 0.3, 0.0], [0.2, 0.3, 0.1, 0.4]]
    for k, expected in ((1, 0.5), (2, 0.75), (3, 0.75), (4, 1)):
        assert student.top_k_accuracy([0, 1, 2, 2], y_prob, k) == share(expected)


@pytest.mark.task("top_k_accuracy", edge=True)
@pytest.mark.parametrize(
    ("label_count", "rows", "k"),
    [(2, 2, 4), (2, 2, 0), (2, 3, 1), (1, 3, 1), (0, 0, 1)],
    ids=["k = 4 of three classes", "k = 0", "lengths", "a single label", "no samples"],
)
def test_top_k_refuses(student, label_count, rows, k):
    """k below 1 or above the number of classes, different lengths and no samples are a ValueError"""
    with pytest.raises(ValueError):
        student.top_k_accuracy(np.zeros(label_count, dtype=int), np.tile([0.5, 0.3, 0.2], (rows, 1)), k)


@pytest.mark.task("recall_per_class", weight=2)
def test_recall_of_three_classes(student):
    """Of two, three and one images 1, 3 and none are recognised: 1/2, 1 and 0"""
    assert student.recall_per_class([0, 0, 1, 1, 1, 2], [0, 1, 1, 1, 1, 0], 3) == close([0.5, 1, 0])


@pytest.mark.task("recall_per_class")
def test_always_the_same_class(student):
    """Whoever says 1 to everything recognises all of class 1, and nothing else"""
    assert student.recall_per_class([0, 1, 1, 2], [1, 1, 1, 1], 3) == close([0, 1, 0])


@pytest.mark.task("recall_per_class", edge=True)
def test_a_class_without_images(student):
    """A class without images has 0, also where it is the last one"""
    assert student.recall_per_class([0, 2, 2], [0, 2, 1], 4) == close([1, 0, 0.5, 0])


@pytest.mark.task("recall_per_class", edge=True)
@pytest.mark.parametrize(
    ("y_true", "y_pred"),
    [([2, 1], [2]), ([1], [2, 1]), ([], []), ([2, 3], [2, 2]), ([2, 2], [3, 2]), ([-1, 2], [2, 2]), ([2, 2], [2, -1])],
    ids=["fewer predictions", "fewer labels", "no images", "label 3", "prediction 3", "label -1", "prediction -1"],
)
def test_recall_refuses(student, y_true, y_pred):
    """Different lengths, no images, and labels other than 0, 1 and 2 are a ValueError"""
    with pytest.raises(ValueError):
        student.recall_per_class(np.array(y_true, dtype=int), np.array(y_pred, dtype=int), 3)


@pytest.mark.task("residual_block")
def test_block_without_its_convolutions(student):
    """With all 3 x 3 convolutions at zero, an image without negative numbers comes out as it went in"""
    block = student.residual_block((4, 4, 2), 2)
    block.set_weights([0 * w if np.shape(w)[:2] == (3, 3) else w for w in block.get_weights()])
    x = np.arange(32).reshape(1, 4, 4, 2)
    assert outputs(block, x) == close(x, rtol=1e-4, atol=1e-5)


@pytest.mark.task("residual_block", weight=3)
@pytest.mark.parametrize(
    ("first", "second", "factor"),
    [(1, 1, 2), (-1, 1, 1), (1, -0.5, 0.5)],
    ids=["adds", "ReLU in between", "takes away"],
)
def test_what_the_convolutions_add(student, first, second, factor):
    """Convolutions that multiply by two numbers: F(x) is second * relu(first * x), and may be negative"""
    block = student.residual_block((3, 3, 1), 1)
    for variable in block.weights:
        if variable.path.endswith("gamma"):  # of a normalization that begins with a factor of 0
            variable.assign(np.ones(variable.shape))
    weights, factors = block.get_weights(), [first, second]
    kernels = [i for i, w in enumerate(weights) if np.shape(w)[:2] == (3, 3)]
    assert len(kernels) == 2, f"there are {len(kernels)} convolutions of 3 x 3"
    for i, number in zip(kernels, factors, strict=True):
        weights[i] = number * (np.arange(9) == 4).reshape(3, 3, 1, 1)
    block.set_weights(weights)
    x = np.arange(9).reshape(1, 3, 3, 1)
    assert outputs(block, x) == close(factor * x, rtol=1e-2, atol=1e-5)


@pytest.mark.task("residual_block")
@pytest.mark.parametrize(
    ("filters", "stride", "shape"), [(3, 1, (8, 5, 3)), (3, 2, (4, 3, 3)), (5, 1, (8, 5, 5)), (5, 2, (4, 3, 5))]
)
def test_shape_of_a_block(student, filters, stride, shape):
    """Stride 2 halves height and width, rounded up; the filters are the channels; the shortcut follows"""
    block = student.residual_block((8, 5, 3), filters, stride=stride)
    x = np.stack([np.zeros((8, 5, 3)), np.ones((8, 5, 3))])
    assert outputs(block, x).shape == (2, *shape)
    block.set_weights([0 * w if np.shape(w)[:2] == (3, 3) else abs(w) for w in block.get_weights()])
    black, white = outputs(block, x)
    assert abs(white - black).max() > 1e-3, "with the 3 x 3 convolutions at zero nothing of the image is left"


@pytest.mark.task("residual_block", edge=True)
@pytest.mark.parametrize(("filters", "stride"), [(0, 1), (2, 0)])
def test_block_refuses_impossible_sizes(student, filters, stride):
    """No filters, or a stride of 0, are a ValueError"""
    with pytest.raises(ValueError):
        student.residual_block((4, 4, 2), filters, stride=stride)


@pytest.mark.task("build_cnn", weight=2)
@pytest.mark.parametrize(("shape", "num_classes"), [((28, 28, 1), 10), ((24, 32, 3), 2)], ids=["grey", "in colour"])
def test_cnn_gives_probabilities(student, shape, num_classes):
    """Two pictures, a probability for each class, which add up to 1: by a softmax, for two classes, too"""
    x = 5 * np.random.default_rng(0).normal(size=(2, *shape))
    probabilities = outputs(student.build_cnn(shape, num_classes), x)
    assert probabilities.shape == (2, num_classes), f"the outputs have the shape {probabilities.shape}"
    assert (probabilities >= 0).all(), "an output is negative: these are scores, not probabilities"
    assert probabilities.sum(axis=1) == close([1, 1], rtol=1e-4)


@pytest.mark.task("build_cnn")
def test_cnn_normalizes_batches(student):
    """Batch normalization takes note of what it sees in training, and in use of nothing"""
    model, x = student.build_cnn((28, 28, 1), 5), 3 + np.random.default_rng(0).normal(size=(4, 28, 28, 1))
    sums = [[np.sum(weight) for weight in model.get_weights()]]
    for training in (False, True):
        outputs(model, x, training=training)
        sums.append([np.sum(weight) for weight in model.get_weights()])
    assert sums[1] == sums[0], "in use, the model changes"
    assert sums[2] != sums[0], "nothing is noted in training: there is no batch normalization"


@pytest.mark.task("build_cnn")
def test_cnn_has_dropout(student):
    """In training the same pictures give other outputs each time; in use they give the same ones"""
    model, x = student.build_cnn((28, 28, 1), 5), np.random.default_rng(0).normal(size=(4, 28, 28, 1))
    assert np.allclose(outputs(model, x), outputs(model, x), atol=1e-6), "in use, the outputs change"
    first, second = (outputs(model, x, training=True) for _ in range(2))
    assert np.abs(first - second).max() > 1e-6, "nothing is dropped: the outputs are the same"


@pytest.mark.task("build_cnn")
def test_cnn_has_three_blocks(student):
    """Three blocks make one row out of eight: when a spot moves by four rows, the outputs are not quite the same"""
    model, spot = student.build_cnn((48, 48, 1), 5), np.random.default_rng(0).normal(size=(10, 10, 1))
    here, there = np.zeros((2, 4, 48, 48, 1))
    for i, strength in enumerate((1, 10, 100, 1000)):  # from faint to glaring
        here[i, 16:26, 20:30] = there[i, 20:30, 20:30] = strength * spot
    change = abs(outputs(model, here) - outputs(model, there)).max()
    assert change > 1e-4, "there are no three blocks, each of which halves height and width"


@pytest.mark.task("build_cnn", edge=True)
def test_cnn_refuses_a_single_class(student):
    """A single class is a ValueError"""
    with pytest.raises(ValueError):
        student.build_cnn((28, 28, 1), 1)


@pytest.mark.task("build_cnn", weight=3)
def test_cnn_for_larger_pictures(student):
    """Larger pictures need no more parameters"""
    small, large = (student.build_cnn((n, n, 3), 5).count_params() for n in (32, 48))
    assert small == large, f"{small} parameters for 32 x 32 pictures, {large} for 48 x 48"


@pytest.mark.task("build_transfer_model", weight=3)
def test_only_the_head_is_trained(student):
    """Nothing of the base will be trained, but something will"""
    model = student.build_transfer_model(small_base(), 4)
    parts = trained_parts(model)
    assert parts, "nothing will be trained"
    assert not {part for part in parts if part.startswith(("first", "normalization", "second"))}, f"{parts} are trained"


@pytest.mark.task("build_transfer_model", weight=2)
def test_base_keeps_what_it_has_learned(student):
    """All weights of the base are in the model, and a training step changes none, not even the normalization's"""
    base = small_base()
    weights = base.get_weights()
    model = student.build_transfer_model(base, 4)
    outputs(model, 3 + np.random.default_rng(0).normal(size=(3, 8, 8, 3)), training=True)
    for weight in weights:
        assert any(np.array_equal(weight, w) for w in model.get_weights()), "a weight of the base is gone or changed"


@pytest.mark.task("build_transfer_model", weight=2)
@pytest.mark.parametrize("num_classes", [2, 4])
def test_transfer_model_gives_probabilities(student, num_classes):
    """Three pictures, a probability for each class, which add up to 1"""
    x = np.random.default_rng(0).normal(size=(3, 8, 8, 3))
    probabilities = outputs(student.build_transfer_model(small_base(), num_classes), x)
    assert probabilities.shape == (3, num_classes), f"the outputs have the shape {probabilities.shape}"
    assert probabilities.sum(axis=1) == close([1, 1, 1], rtol=1e-4)


@pytest.mark.task("build_transfer_model", weight=2)
def test_base_sees_the_images_as_they_are(student):
    """A base that sees nothing below 100: 0 and 90 are the same to it, 150 and 200 are not"""
    inputs = keras.Input((4, 4, 3))
    base = keras.Model(inputs, layers.Conv2D(8, 1, activation="relu")(inputs))
    base.set_weights([np.full((1, 1, 3, 8), 0.01), np.full(8, -3.0)])
    images = np.reshape([0, 90, 150, 200], (4, 1, 1, 1)) * np.ones((4, 4, 3))
    dark, grey, light, white = outputs(student.build_transfer_model(base, 3), images)
    assert np.allclose(dark, grey, atol=1e-4), "0 and 90 are not the same: the base sees other numbers"
    assert abs(light - white).max() > 1e-3, "150 and 200 are the same: the base sees other numbers"


@pytest.mark.task("build_transfer_model")
def test_base_for_images_of_any_size(student):
    """A base without a fixed size gives a model that takes small pictures and large ones"""
    inputs = keras.Input((None, None, 3))
    model = student.build_transfer_model(keras.Model(inputs, layers.Conv2D(5, 3)(inputs)), 4)
    for size in (6, 9):
        assert outputs(model, np.ones((2, size, size, 3))).shape == (2, 4)


@pytest.mark.task("build_transfer_model", edge=True)
def test_transfer_refuses_a_single_class(student):
    """A single class is a ValueError"""
    with pytest.raises(ValueError):
        student.build_transfer_model(small_base(), 1)


@pytest.mark.task("unfreeze")
@pytest.mark.parametrize(
    ("count", "woken"),
    [(0, set()), (1, set()), (2, {"second"}), (5, {"first", "second"})],
    ids=["none", "the pooling", "the second convolution", "both convolutions"],
)
def test_wakes_layers_of_the_base(student, count, woken):
    """Counted from the end: pooling, second convolution, ReLU, normalization (which sleeps on), first convolution"""
    model = student.build_transfer_model(small_base(), 4)
    before = trained_parts(model)
    model = student.unfreeze(model, count, 1e-4)
    assert before <= trained_parts(model), "the head was awake, and fell asleep"
    new = {part.split("/")[0] for part in trained_parts(model) - before}
    assert new == woken, f"{sorted(new) or 'no layers'} were woken"


@pytest.mark.task("unfreeze")
def test_normalization_sleeps_on(student):
    """The whole base is awake but for its batch normalization, which does not follow new pictures; no weight changes"""
    base = small_base()
    model = student.build_transfer_model(base, 4)
    weights, before = base.get_weights(), model.get_weights()
    model = student.unfreeze(model, 6, 1e-4)
    assert all(map(np.array_equal, before, model.get_weights())), "a weight of the model has changed"
    outputs(model, 3 + np.random.default_rng(0).normal(size=(3, 8, 8, 3)), training=True)
    for weight in weights:
        assert any(np.array_equal(weight, w) for w in model.get_weights()), "the normalization follows new pictures"


@pytest.mark.task("unfreeze")
def test_unfreezes_what_was_saved(student, tmp_path):
    """A model that was saved and loaded has lost all attributes of your own: its base is found all the same"""
    student.build_transfer_model(small_base(), 4).save(tmp_path / "model.keras")
    model = student.unfreeze(keras.models.load_model(tmp_path / "model.keras"), 2, 1e-4)
    woken = {part.split("/")[0] for part in trained_parts(model)}
    assert "second" in woken, f"only {sorted(woken)} will be trained"
    assert "first" not in woken, f"{sorted(woken)} will be trained"


@pytest.mark.task("unfreeze", weight=2)
def test_unfrozen_model_learns_slowly(student):
    """The model is compiled with Adam and the small learning rate"""
    model = student.unfreeze(student.build_transfer_model(small_base(), 4), 2, 1e-4)
    assert model.compiled, "the model is not compiled"
    assert type(model.optimizer).__name__ == "Adam", f"the optimizer is {type(model.optimizer).__name__}"
    assert float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)) == close(1e-4, rtol=1e-5)


@pytest.mark.task("unfreeze", weight=2)
def test_unfrozen_model_reports_loss_and_accuracy(student):
    """It is compiled for integer labels: the loss is the mean of -ln of their probabilities; two of four are right"""
    model = student.unfreeze(student.build_transfer_model(small_base(), 4), 2, 1e-4)
    x = np.random.default_rng(0).normal(size=(4, 8, 8, 3)).astype("float32")
    p = outputs(model, x)
    y = (p.argmax(axis=1) + np.array([0, 0, 1, 2])) % 4
    model.run_eagerly = EAGER
    results = model.evaluate(x, y, batch_size=4, return_dict=True, verbose=0)
    assert results.pop("loss") == close(-np.log(p[np.arange(4), y]).mean(), rtol=1e-3)
    assert any(np.isclose(value, 0.5) for value in results.values()), f"beside the loss it reports {results}"


@pytest.mark.task("unfreeze", edge=True)
def test_unfreeze_refuses_a_negative_number(student):
    """A negative number of layers is a ValueError"""
    with pytest.raises(ValueError):
        student.unfreeze(student.build_transfer_model(small_base(), 4), -1, 1e-4)


# The directions of four known images, and their lengths: 1, 2, 4.2 and 1.
FEATURES = [[1.0, 0.0], [0.0, 2.0], [3.0, 3.0], [-1.0, 0.0]]


@pytest.mark.task("nearest_images", weight=2)
def test_neighbours_of_two_images(student):
    """(10, 1) points almost as (1, 0) does, then come (3, 3), (0, 2), the opposite last; (-1, 5) is next to (0, 2)"""
    neighbours = np.asarray(student.nearest_images(FEATURES, [[10.0, 1.0], [-1.0, 5.0]], 4))
    assert neighbours == close([[0, 2, 1, 3], [1, 2, 3, 0]])


@pytest.mark.task("nearest_images")
def test_only_the_best(student):
    """With k = 1 there is one column: a short image is nearest to itself"""
    assert student.nearest_images(FEATURES, [[0.1, 0.1], [-5.0, 0.0], [0.2, 0.0]], 1) == close([[2], [3], [0]])


@pytest.mark.task("nearest_images", edge=True)
def test_neighbours_of_nothing(student):
    """A row of zeros has the similarity 0: below what points the same way, above what points the other way"""
    assert student.nearest_images([[0, 0], [-1, 0], [2, 0]], [[1, 0]], 3) == close([[2, 0, 1]])


@pytest.mark.task("nearest_images", edge=True)
@pytest.mark.parametrize(
    ("shape", "queries", "k"),
    [((3, 2), (1, 2), 4), ((3, 2), (1, 2), 0), ((3, 2), (1, 3), 1), ((3,), (1, 3), 1), ((3, 2), (2,), 1)],
    ids=["k = 4 of three", "k = 0", "other features", "one row of features", "one query without its axis"],
)
def test_neighbours_refuse(student, shape, queries, k):
    """k below 1 or above the number of known images, and vectors that do not fit, are a ValueError"""
    with pytest.raises(ValueError):
        student.nearest_images(np.ones(shape), np.ones(queries), k)
