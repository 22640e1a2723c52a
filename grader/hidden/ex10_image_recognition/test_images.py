"""Hidden tests of ex10: images are normalized, and changed at random."""

import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex10_image_recognition.bad_input import refuses


def random_images(rng, shape):
    """Bytes from 1 to 255: never the zeros that are put around an image."""
    return rng.integers(1, 256, size=shape, dtype=np.uint8)


def same_shape(images, result):
    assert np.shape(result) == images.shape, "the result has the wrong shape"
    return np.asarray(result)


# channel_statistics


@pytest.mark.task("channel_statistics", weight=2)
@pytest.mark.parametrize("channels", [1, 3])
def test_statistics_of_every_channel(student, rng, channels):
    """Mean and standard deviation of each channel, over all images: how these differ is part of it"""
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
    """Each channel minus its mean, divided by its standard deviation: those given, not the images' own"""
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
    """Mean and standard deviation may be lists"""
    images, mean, std = random_images(rng, (4, 5, 6, 3)), rng.integers(90, 160, size=3), rng.integers(10, 80, size=3)
    result = student.normalize(images, mean.tolist(), std.tolist())
    assert result == close((images - mean) / std, rtol=1e-4, atol=1e-5)


@pytest.mark.task("normalize", edge=True)
@pytest.mark.parametrize(("means", "deviations"), [(2, 2), (1, 3), (3, 1)])
def test_normalize_refuses_the_wrong_number_of_channels(student, means, deviations):
    """Means or standard deviations of one or two channels for images of three are a ValueError"""
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
    assert (found >= 0).all(), "a result is not a piece of the image with zeros around it"
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
