"""Hidden tests of ex09: digits are moved, one or a whole batch at random."""

import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex09_ocr.digits import (
    moved,
    random_bytes,
)

# shift and augment


@pytest.mark.task("shift", weight=3)
def test_moves_right_and_down(student, rng):
    """dx moves to the right, dy moves down, what comes in is 0"""
    images = rng.integers(1, 256, size=(3, 7, 9))
    dx, dy = int(rng.integers(1, 4)), int(rng.integers(4, 6))
    assert student.shift(images, dx, dy) == close(moved(images, dx, dy))


@pytest.mark.task("shift", weight=2)
def test_moves_left_and_up(student, rng):
    """Negative shifts go to the left and up, also those of images with an axis for channels"""
    images = rng.uniform(0.1, 1, size=(2, 8, 6, 1)).astype("float32")
    dx, dy = -int(rng.integers(1, 3)), -int(rng.integers(3, 6))
    assert student.shift(images, dx, dy) == close(moved(images, dx, dy), rtol=1e-6)


@pytest.mark.task("shift", weight=2)
def test_moves_in_one_direction(student, rng):
    """A shift of 0 along one axis leaves it alone"""
    images = rng.integers(1, 256, size=(2, 6, 6))
    d = int(rng.integers(1, 5))
    for dx, dy in [(0, d), (-d, 0), (0, 0)]:
        assert student.shift(images, dx, dy) == close(moved(images, dx, dy))


@pytest.mark.task("shift", edge=True)
def test_moves_out_of_the_image(student, rng):
    """A shift that is larger than the image leaves only zeros"""
    images = rng.integers(1, 256, size=(2, 5, 6))
    for dx, dy in [(6, 0), (0, -5), (9, 2), (1, 8), (-8, -13)]:
        assert student.shift(images, dx, dy) == close(np.zeros(images.shape))


@pytest.mark.task("shift", edge=True)
def test_shifts_lists(student, rng):
    """Nested lists are images, too"""
    images = rng.integers(1, 256, size=(2, 4, 5))
    assert student.shift(images.tolist(), 1, 2) == close(moved(images, 1, 2))


@pytest.mark.task("shift", edge=True)
def test_shift_refuses_a_single_image(student):
    """A single image without the axis of the images is a ValueError"""
    with pytest.raises(ValueError):
        student.shift(np.ones((5, 5)), 1, 0)


MIDDLE, MARK, IMAGES = 7, 99, 300


def marked_images(rng, *channels):
    """Random images with one large value, in the middle."""
    images = rng.integers(1, 10, size=(IMAGES, 2 * MIDDLE + 1, 2 * MIDDLE + 1, *channels))
    images[:, MIDDLE, MIDDLE] = MARK
    return images


def shifts_of(result, images):
    """The shift (dx, dy) of every image, found by its mark, after checking that it is the image shifted."""
    result = np.asarray(result)
    assert result.shape == images.shape, "the images have another shape"
    marks = (result == MARK).reshape(IMAGES, *images.shape[1:3])
    assert (marks.sum(axis=(1, 2)) == 1).all(), "an image was not moved, but changed or lost"
    _, y, x = np.nonzero(marks)
    shifts = np.stack([x, y], axis=1) - MIDDLE
    for image, before, (dx, dy) in zip(result, images, shifts, strict=True):
        assert np.array_equal(image, moved(before[np.newaxis], dx, dy)[0]), "an image is not the shifted one"
    return shifts


@pytest.mark.task("augment", weight=2)
def test_every_shift_up_to_the_largest(student, rng):
    """Each image is moved, in both directions, by -max_shift up to and including max_shift"""
    images, largest = marked_images(rng), int(rng.integers(2, 4))
    shifts = shifts_of(student.augment(images, largest, rng), images)
    for axis in (0, 1):
        seen = set(shifts[:, axis].tolist())
        assert seen == set(range(-largest, largest + 1)), "these are not all shifts from -max_shift to max_shift"


@pytest.mark.task("augment", weight=2)
def test_every_image_has_its_own_shift(student, rng):
    """Two images do not move together, and dx and dy are drawn apart"""
    images = marked_images(rng, 1)
    shifts = shifts_of(student.augment(images, 2, rng), images)
    # 25 pairs can occur, and 5 if dx decides dy.
    assert len(np.unique(shifts, axis=0)) > 12, "dx and dy, or the shifts of different images, depend on each other"


@pytest.mark.task("augment", edge=True)
def test_chance_comes_from_rng(student, rng, seed):
    """The same generator gives the same shifts, another one others"""
    images = marked_images(rng)
    first, again, other = (student.augment(images, 2, np.random.default_rng(s)) for s in (seed, seed, seed + 1))
    assert np.array_equal(first, again), "the same seed gives other images"
    assert not np.array_equal(first, other), "another seed gives the same images"


@pytest.mark.task("augment", edge=True)
def test_smallest_shifts(student, rng):
    """A largest shift of 0 moves nothing, not even lists; a negative one is a ValueError"""
    images = random_bytes(rng, 3, 6, 6)
    assert student.augment(images, 0, rng) == close(images)
    assert student.augment(images.tolist(), 0, rng) == close(images)
    with pytest.raises(ValueError):
        student.augment(images, -1, rng)
