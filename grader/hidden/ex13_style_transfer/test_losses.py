"""Hidden tests of ex13: what content, style and smoothness cost."""

import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex13_style_transfer.painting import (
    array,
    draw_features,
    draw_mask,
    draw_picture,
    gram,
    mean_square,
    near,
)

# gram_matrix


@pytest.mark.task("gram_matrix", weight=3)
@pytest.mark.parametrize("shape", [(4, 7, 3), (6, 2, 5)])
def test_gram_matrix_of_random_features(student, rng, shape):
    """The mean product of every two channels, divided by the number of channels"""
    features = draw_features(rng, *shape)
    assert array(student.gram_matrix(features)) == near(gram(features))


@pytest.mark.task("gram_matrix")
def test_gram_matrix_forgets_positions(student, rng):
    """Symmetric, not negative in any direction, and the same after a shuffling of the positions"""
    features = draw_features(rng, 5, 6, 4)
    shuffled = rng.permutation(features.reshape(30, 4)).reshape(6, 5, 4)
    matrix = array(student.gram_matrix(features))
    assert matrix.shape == (4, 4), f"a matrix of {matrix.shape} for 4 channels"
    assert np.abs(matrix).max() > 0.05, "it is zero for features that are not"
    assert np.allclose(matrix, matrix.T, rtol=1e-4), "it is not symmetric"
    assert np.linalg.eigvalsh(matrix).min() > -1e-4, "it has a negative eigenvalue"
    again = array(student.gram_matrix(shuffled))
    assert np.allclose(matrix, again, rtol=1e-3), "it depends on where in the picture the features are"


@pytest.mark.task("gram_matrix", edge=True)
def test_gram_matrix_refuses_other_shapes(student):
    """Features that are not (H, W, C) are a ValueError"""
    with pytest.raises(ValueError):
        student.gram_matrix(np.ones((4, 3), dtype="float32"))


# content_loss


@pytest.mark.task("content_loss", weight=2)
def test_content_loss_is_the_mean_squared_difference(student, rng):
    """The mean over positions and channels of the squared difference"""
    features, target = draw_features(rng, 4, 7, 3), draw_features(rng, 4, 7, 3)
    assert array(student.content_loss(features, target)) == near(mean_square(features.astype(float) - target))


@pytest.mark.task("content_loss", edge=True)
@pytest.mark.parametrize("other", [(4, 7, 3), (1, 6, 3)])
def test_content_loss_refuses_different_shapes(student, other):
    """Features of different shapes are a ValueError, even where arrays could be broadcast"""
    with pytest.raises(ValueError):
        student.content_loss(np.ones((4, 6, 3), dtype="float32"), np.ones(other, dtype="float32"))


# style_loss


@pytest.mark.task("style_loss", weight=3)
def test_style_loss_compares_gram_matrices(student, rng):
    """The mean squared difference of the Gram matrices, for pictures of different sizes"""
    features, style = draw_features(rng, 4, 7, 3), 2 * draw_features(rng, 6, 5, 3)
    assert array(student.style_loss(features, style)) == near(mean_square(gram(features) - gram(style)))


@pytest.mark.task("style_loss")
def test_style_loss_grows_with_the_fourth_power(student, rng):
    """Gram matrices are products, and their differences are squared: 2 times the features is 16 times the loss"""
    features, style = draw_features(rng, 5, 3, 4), 2 * draw_features(rng, 5, 3, 4)
    once = float(array(student.style_loss(features, style)))
    assert once > 0, "two different styles have no distance"
    assert float(array(student.style_loss(2 * features, 2 * style))) == close(16 * once, rtol=1e-3)


@pytest.mark.task("style_loss", edge=True)
@pytest.mark.parametrize("channels", [4, 1])
def test_style_loss_refuses_other_channels(student, channels):
    """Different numbers of channels are a ValueError"""
    with pytest.raises(ValueError):
        student.style_loss(np.ones((4, 4, 3), dtype="float32"), np.ones((4, 4, channels), dtype="float32"))


# total_variation


@pytest.mark.task("total_variation", weight=2)
@pytest.mark.parametrize("shape", [(5, 8), (7, 2), (2, 6)])
def test_total_variation_of_random_pictures(student, rng, shape):
    """The mean squared difference of vertical neighbours plus that of horizontal ones"""
    picture = rng.uniform(0, 255, size=(*shape, 3)).astype("float32")
    expected = sum(mean_square(np.diff(picture.astype(float), axis=axis)) for axis in (0, 1))
    assert array(student.total_variation(picture)) == near(expected)


@pytest.mark.task("total_variation", edge=True)
def test_total_variation_of_bytes(student, rng):
    """A picture may be unsigned bytes, in which a difference below 0 has no place"""
    picture = draw_picture(rng, 6, 5)
    expected = sum(mean_square(np.diff(picture.astype(float), axis=axis)) for axis in (0, 1))
    assert array(student.total_variation(picture)) == near(expected)


@pytest.mark.task("total_variation")
def test_total_variation_of_a_ramp(student, rng):
    """On a ramp all vertical differences are the same, and so are all horizontal ones"""
    down, right = rng.integers(1, 6), -rng.integers(1, 6)
    ramp = down * np.arange(6)[:, np.newaxis] + right * np.arange(4)
    picture = np.repeat(ramp[:, :, np.newaxis], 3, axis=2).astype("float32")
    assert array(student.total_variation(picture)) == near(float(down**2 + right**2))


@pytest.mark.task("total_variation", edge=True)
@pytest.mark.parametrize("shape", [(1, 5, 3), (5, 1, 3), (5, 5, 2), (5, 5)])
def test_total_variation_refuses_pictures_without_neighbours(student, shape):
    """Less than 2 rows, 2 columns or 3 colours are a ValueError"""
    with pytest.raises(ValueError):
        student.total_variation(np.ones(shape, dtype="float32"))


# masked_gram_matrix


@pytest.mark.task("masked_gram_matrix", weight=3)
@pytest.mark.parametrize("shape", [(5, 8, 3), (7, 2, 4)])
def test_masked_gram_matrix_is_that_of_the_region(student, rng, shape):
    """The mean product of every two channels inside the mask, divided by the number of channels"""
    features, mask = draw_features(rng, *shape), draw_mask(rng, *shape[:2])
    assert array(student.masked_gram_matrix(features, mask)) == near(gram(features, mask))


@pytest.mark.task("masked_gram_matrix")
def test_what_is_outside_the_mask_does_not_matter(student, rng):
    """Other features outside the region change nothing; other features inside do"""
    features, mask = draw_features(rng, 6, 4, 3), draw_mask(rng, 6, 4)
    inside = mask[:, :, np.newaxis]
    matrix = array(student.masked_gram_matrix(features, mask))
    assert matrix == near(gram(features, mask))
    assert array(student.masked_gram_matrix(features + 5 * (1 - inside), mask)) == near(matrix)
    assert array(student.masked_gram_matrix(2 * inside * features, mask)) == near(4 * matrix)


@pytest.mark.task("masked_gram_matrix", edge=True)
def test_region_of_one_position(student, rng):
    """A region of a single position has the products of its own features"""
    features, mask = draw_features(rng, 4, 6, 3), np.zeros((4, 6), dtype="float32")
    mask[rng.integers(4), rng.integers(6)] = 1
    assert array(student.masked_gram_matrix(features, mask)) == near(gram(features, mask))


@pytest.mark.task("masked_gram_matrix", edge=True, weight=2)
def test_empty_mask_gives_zeros(student, rng):
    """A region that has vanished has a Gram matrix of zeros"""
    features = draw_features(rng, 4, 6, 3)
    assert array(student.masked_gram_matrix(features, np.zeros((4, 6)))) == near(np.zeros((3, 3)))


@pytest.mark.task("masked_gram_matrix", edge=True)
@pytest.mark.parametrize("shape", [(6, 4), (1, 6), (4, 6, 3)])
def test_masked_gram_matrix_refuses_masks_that_do_not_fit(student, shape):
    """A mask of another height or width than the features is a ValueError"""
    with pytest.raises(ValueError):
        student.masked_gram_matrix(np.ones((4, 6, 3), dtype="float32"), np.ones(shape))
