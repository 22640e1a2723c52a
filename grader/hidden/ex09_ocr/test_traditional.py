"""Hidden tests of ex09: digits are read from features that people thought of."""

import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex09_ocr.digits import (
    DIGITS,
    chosen_digits,
    histograms,
    random_bytes,
    unit,
)

# prepare


@pytest.mark.task("prepare", weight=3)
def test_bytes_become_fractions(student, rng):
    """Every byte is divided by 255, and gets an axis for its channel"""
    images = random_bytes(rng, 5, 28, 28)
    assert np.asarray(student.prepare(images)) == close(images[..., np.newaxis] / 255, rtol=1e-6)


@pytest.mark.task("prepare")
def test_pale_images_stay_pale(student, rng):
    """255 is 1 in every image, also where nothing is as dark"""
    images = random_bytes(rng, 3, 28, 28) // np.array([4, 2, 8], dtype=np.uint8)[:, np.newaxis, np.newaxis]
    assert np.asarray(student.prepare(images)) == close(images[..., np.newaxis] / 255, rtol=1e-6)


@pytest.mark.task("prepare", edge=True)
def test_prepared_images_are_float32(student, rng):
    """The numbers are of type float32, as networks compute"""
    dtype = np.asarray(student.prepare(random_bytes(rng, 2, 28, 28))).dtype
    assert dtype == np.float32, f"the numbers are of type {dtype}"


@pytest.mark.task("prepare", edge=True)
def test_prepares_lists(student, rng):
    """Nested lists of bytes are images, too"""
    images = random_bytes(rng, 2, 28, 28)
    assert np.asarray(student.prepare(images.tolist())) == close(images[..., np.newaxis] / 255, rtol=1e-6)


@pytest.mark.task("prepare", edge=True)
@pytest.mark.parametrize("shape", [(28, 28), (3, 28, 27)])
def test_prepare_refuses_other_shapes(student, shape):
    """A single image, or images of another size, are a ValueError"""
    with pytest.raises(ValueError):
        student.prepare(np.zeros(shape, dtype=np.uint8))


# orientation_histograms


def features(expected):
    """Some students compute in float32."""
    return close(expected, rtol=1e-4, atol=1e-5)


def ramp(right, down, size=28):
    """An image that gets brighter by `right` per pixel to the right and by `down` per pixel downwards."""
    y, x = np.mgrid[:size, :size]
    return (right * x + down * y)[np.newaxis]


@pytest.mark.task("orientation_histograms", weight=4)
def test_features_of_digits(student, rng):
    """The pixels of an image may be bytes"""
    images, _ = chosen_digits(rng, 4)
    assert student.orientation_histograms(images) == features(unit(histograms(images)))


@pytest.mark.task("orientation_histograms", weight=3)
@pytest.mark.parametrize("cell", [3, 4])
def test_other_cells_bins_and_sizes(student, rng, cell):
    """Cells, bins and images may have other sizes, and images need not be square"""
    # Odd numbers of bins: no edge between them but 0 is an angle that whole numbers can have.
    images, bins = random_bytes(rng, 2, 2 * cell, 4 * cell), int(rng.choice([3, 5, 7]))
    expected = unit(histograms(images, cell, bins))
    assert student.orientation_histograms(images, cell=cell, bins=bins) == features(expected)


@pytest.mark.task("orientation_histograms", weight=2)
def test_edges_of_one_direction(student, rng):
    """Where the brightness rises in one direction only, one bin of every cell has it all"""
    directions = {0: (1, 0), 1: (1, 0.5), 2: (1, 1), 4: (0, 1), 6: (-1, 1), 8: (-1, 0.2)}
    steepness = int(rng.integers(1, 5))
    images = np.concatenate([ramp(steepness * right, steepness * down) for right, down in directions.values()])
    expected = np.zeros((len(directions), 4 * 4, 9))
    for i, b in enumerate(directions):
        expected[i, :, b] = 1 / 4
    assert student.orientation_histograms(images) == features(expected.reshape(len(directions), -1))


@pytest.mark.task("orientation_histograms", weight=2)
def test_bright_on_dark_is_dark_on_bright(student, rng):
    """The negative of an image has the same features"""
    images, _ = chosen_digits(rng, 2)
    assert student.orientation_histograms(255 - images) == features(unit(histograms(images)))


@pytest.mark.task("orientation_histograms")
def test_contrast_does_not_matter(student, rng):
    """Paler images, on grey paper, have the same features, and so have images that are hardly there"""
    images, _ = chosen_digits(rng, 2)
    expected = unit(histograms(images))
    pale = images * rng.uniform(0.2, 0.4, size=(2, 1, 1)) + rng.uniform(10, 90)
    assert student.orientation_histograms(pale) == features(expected)
    assert student.orientation_histograms(images * 1e-5) == features(expected)


@pytest.mark.task("orientation_histograms", edge=True)
def test_cells_of_one_pixel_and_a_single_bin(student, rng):
    """Each pixel may be a cell of its own, and all directions may be one bin; lists are images, too"""
    images = random_bytes(rng, 2, 6, 4)
    for cell, bins in ((1, 3), (2, 1)):
        expected = unit(histograms(images, cell, bins))
        assert student.orientation_histograms(images.tolist(), cell=cell, bins=bins) == features(expected)


@pytest.mark.task("orientation_histograms", edge=True)
def test_an_empty_image_among_others(student, rng):
    """An image without any edge has features of 0, and the others theirs"""
    images, _ = chosen_digits(rng, 3)
    images[1] = 77
    expected = histograms(images)
    expected[[0, 2]] = unit(expected[[0, 2]])
    assert student.orientation_histograms(images) == features(expected)


@pytest.mark.task("orientation_histograms", edge=True)
@pytest.mark.parametrize(
    ("shape", "cell", "bins"), [((28, 28), 7, 9), ((2, 28, 30), 7, 9), ((2, 28, 28), 0, 9), ((2, 28, 28), 7, 0)]
)
def test_features_refuse_what_cannot_be_cut(student, shape, cell, bins):
    """A single image, cells that do not divide it, no cell and no bin are a ValueError"""
    with pytest.raises(ValueError):
        student.orientation_histograms(np.zeros(shape), cell=cell, bins=bins)


# recognise_traditionally

NEW, ON_GREY = 800, 200


def labels_of(result, count):
    labels = np.asarray(result)
    assert labels.shape == (count,), "one label per test image is expected"
    assert labels.dtype.kind in "iu", "the labels are not integers"
    return labels


@pytest.fixture
def read(student, rng, once):
    """Whether each of the new digits was read, and then each of some that stand on grey paper."""

    def run():
        images, labels = chosen_digits(rng, 1000)
        chosen = rng.permutation(len(DIGITS.x_test))[:NEW]
        new, expected = DIGITS.x_test[chosen] // 2, DIGITS.y_test[chosen]
        both = np.concatenate([new, new[:ON_GREY] + np.uint8(120)])
        result = labels_of(student.recognise_traditionally(images // 2, labels, both), NEW + ON_GREY)
        return result == np.concatenate([expected, expected[:ON_GREY]])

    return once("read", run)


@pytest.mark.task("recognise_traditionally", weight=3)
def test_reads_after_1000_digits(read, profile, record_property):
    """With 1,000 digits to learn from, most new ones are read"""
    accuracy = read[:NEW].mean()
    record_property("traditional_accuracy", accuracy)
    assert accuracy >= profile["traditional_accuracy"], f"only {accuracy:.3f} of new digits are read"


@pytest.mark.task("recognise_traditionally", weight=2)
def test_reads_digits_on_grey_paper(read, profile, record_property):
    """The features do not see how bright the paper is: digits on grey paper are read as well"""
    accuracy = read[NEW:].mean()
    record_property("grey_accuracy", accuracy)
    assert accuracy >= profile["grey_accuracy"], (
        f"only {accuracy:.3f} of new digits on grey paper are read: does the classifier see the features only?"
    )


@pytest.mark.task("recognise_traditionally")
def test_reads_a_few_kinds_of_digits(student, rng):
    """Where only some digits are to be told apart, their labels come back"""
    kinds = rng.permutation([(3, 4, 7), (2, 5, 9), (3, 6, 9)])[0]
    images, labels = chosen_digits(rng, 150, among=kinds)
    read = labels_of(student.recognise_traditionally(images[:120], labels[:120], images[120:]), 30)
    assert np.isin(read, kinds).all(), "there are labels that were not there to learn from"
    assert np.mean(read == labels[120:]) > 0.6, "few of three kinds of digits are read"


@pytest.mark.task("recognise_traditionally", edge=True)
@pytest.mark.parametrize(("images", "labels"), [(20, 21), (0, 0)])
def test_refuses_to_learn_from_unpaired_or_no_digits(student, rng, images, labels):
    """Different lengths, or nothing to learn from, are a ValueError"""
    x, y = chosen_digits(rng, 21)
    with pytest.raises(ValueError):
        student.recognise_traditionally(x[:images], y[:labels], x)
