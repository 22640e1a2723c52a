"""Hidden tests of ex03: the directions of the largest variance, and the way there and back."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from grader.compare import close
from grader.hidden.ex03_unsupervised.draws import integers

# --- pca ----------------------------------------------------------------------------------------------------


def cigar(rng, samples, columns):
    """Samples far from the origin whose standard deviations along random directions are 16, 8, 4, ..."""
    noise = rng.normal(size=(samples, columns))
    uncorrelated, _, _ = np.linalg.svd(noise - noise.mean(axis=0), full_matrices=False)
    directions, _ = np.linalg.qr(rng.normal(size=(columns, columns)))
    deviations = 16 * 2.0 ** -np.arange(columns)
    return np.sqrt(samples) * uncorrelated * deviations @ directions + rng.normal(size=columns) * 20


def up_to_sign(components, expected):
    """The components with the signs of the expected ones."""
    components, expected = np.asarray(components, dtype=float), np.asarray(expected)
    assert components.shape == expected.shape, "components are one row each, with a value for every column of x"
    signs = np.where(np.sum(components * expected, axis=1, keepdims=True) < 0, -1.0, 1.0)
    return signs * components


@pytest.mark.task("pca", weight=2)
def test_pca_agrees_with_scikit_learn(student, rng):
    """Mean, components up to their sign, and ratios of any samples"""
    for samples, columns in ((30, 4), (12, 6)):
        x = cigar(rng, samples, columns)
        reference = PCA(columns, svd_solver="full").fit(x)
        mean, components, ratio = student.pca(x, columns)
        assert mean == close(reference.mean_, atol=1e-7)
        assert up_to_sign(components, reference.components_) == close(reference.components_, atol=1e-7)
        assert ratio == close(reference.explained_variance_ratio_, atol=1e-7)


@pytest.mark.task("pca", weight=2)
def test_pca_ratios_are_shares_of_the_total_variance(student):
    """The variance that is left out still counts in the total"""
    x = np.array([[7, 2, 3], [-5, 2, 3], [1, 5, 3], [1, -1, 3], [1, 2, 5], [1, 2, 1]])  # around (1, 2, 3)
    for n_components in (1, 2, 3):
        _, components, ratio = student.pca(x, n_components)
        assert np.abs(np.asarray(components)) == close(np.eye(3)[:n_components], atol=1e-7)
        assert ratio == close(np.array([36, 9, 4])[:n_components] / 49, atol=1e-7)


@pytest.mark.task("pca")
def test_pca_components_are_orthonormal_and_sorted(student, rng):
    """Unit vectors at right angles, one in each row, the largest variance first"""
    x = cigar(rng, 25, 5)
    _, components, ratio = student.pca(x, 3)
    components, ratio = np.asarray(components), np.asarray(ratio)
    assert components.shape == (3, 5), "one row for each component"
    assert components @ components.T == close(np.eye(3), atol=1e-7)
    variances = ((x - x.mean(axis=0)) @ components.T).var(axis=0)
    assert np.all(np.diff(variances) < 0), "the component with the largest variance comes first"
    assert ratio == close(variances / x.var(axis=0).sum(), atol=1e-7)


@pytest.mark.task("pca")
def test_pca_does_not_depend_on_where_the_data_are(student, rng):
    """Moving all samples moves the mean and nothing else; only the directions that vary matter"""
    x, there = cigar(rng, 15, 3), np.array([50.0, -20.0, 5.0])
    expected = PCA(2, svd_solver="full").fit(x).components_
    mean, components, ratio = student.pca(x + there, 2)
    assert mean == close(x.mean(axis=0) + there, atol=1e-7)
    assert up_to_sign(components, expected) == close(expected, atol=1e-7)
    assert np.sum(np.asarray(ratio)) < 1, "the ratios of some components add up to less than 1"


@pytest.mark.task("pca", edge=True)
def test_pca_of_fewer_samples_than_columns(student, rng):
    """Pictures have many columns: fewer samples than columns have directions, too"""
    x = integers(rng, 5, 20)
    reference = PCA(2, svd_solver="full").fit(x)
    _, components, ratio = student.pca(x, 2)
    assert np.asarray(components) @ np.asarray(components).T == close(np.eye(2), atol=1e-7)
    assert ratio == close(reference.explained_variance_ratio_, atol=1e-7)


@pytest.mark.task("pca", edge=True)
def test_pca_takes_lists(student):
    """Samples may be lists of integers"""
    mean, _, ratio = student.pca([[0, 0], [2, 2], [1, 1], [5, 5]], 1)
    assert mean == close([2.0, 2.0])
    assert ratio == close([1.0])


@pytest.mark.task("pca", edge=True)
def test_pca_refuses_impossible_numbers(student, rng):
    """No components, more than columns or samples, no samples, and samples that are all equal are a ValueError"""
    x = integers(rng, 8, 3)
    cases = ((x, 0), (x, -1), (x, 4), (x[:2], 3), (x[:0], 1), (np.full((5, 3), 0.1), 1), (x[:1], 1))
    for samples, n_components in cases:
        with pytest.raises(ValueError):
            student.pca(samples, n_components)


# --- pca_transform, pca_inverse_transform -------------------------------------------------------------------

MEAN = np.array([1.0, -2.0, 3.0])
ROWS = np.array([[0.6, 0.8, 0.0], [0.0, 0.0, -1.0]])


@pytest.mark.task("pca_transform", weight=2)
def test_pca_transform_measures_along_the_components(student, rng):
    """Coordinates along given components, seen from the given mean"""
    x = integers(rng, 6, 3)
    expected = [[0.6 * (a - 1) + 0.8 * (b + 2), -(c - 3)] for a, b, c in x.tolist()]
    assert student.pca_transform(x, MEAN, ROWS) == close(expected, atol=1e-9)


@pytest.mark.task("pca_transform")
def test_pca_transform_of_the_mean(student, rng):
    """The mean itself has the coordinates 0; one component gives one column"""
    assert student.pca_transform([MEAN.tolist()], MEAN, ROWS) == close([[0, 0]])
    assert student.pca_transform(MEAN + 5 * ROWS[:1], MEAN, ROWS[:1]) == close([[5]])


@pytest.mark.task("pca_transform", edge=True)
def test_pca_transform_takes_lists(student):
    """Samples, mean and components may be lists of integers"""
    assert student.pca_transform([[4, 5, 6]], [1, 1, 1], [[0, 1, 0]]) == close([[4.0]])


@pytest.mark.task("pca_transform", edge=True)
def test_pca_transform_refuses_what_does_not_fit(student):
    """Samples with other columns than the mean and the components are a ValueError"""
    for columns in (1, 2, 4):
        with pytest.raises(ValueError):
            student.pca_transform(np.ones((5, columns)), MEAN, ROWS)


@pytest.mark.task("pca_inverse_transform", weight=2)
def test_pca_inverse_transform_goes_along_the_components(student, rng):
    """From the given mean, so far along each given component"""
    z = integers(rng, 6, 2)
    expected = [[1 + 0.6 * a, -2 + 0.8 * a, 3 - b] for a, b in z.tolist()]
    assert student.pca_inverse_transform(z, MEAN, ROWS) == close(expected, atol=1e-9)


@pytest.mark.task("pca_inverse_transform")
def test_pca_inverse_transform_gives_everything_back(student, rng):
    """With all components nothing is lost: the samples are back"""
    x, (rotation, _) = rng.normal(size=(7, 4)), np.linalg.qr(rng.normal(size=(4, 4)))
    assert student.pca_inverse_transform((x - x.mean(axis=0)) @ rotation.T, x.mean(axis=0), rotation) == close(
        x, atol=1e-9
    )


@pytest.mark.task("pca_inverse_transform", edge=True)
def test_pca_inverse_transform_takes_lists(student):
    """Coordinates, mean and components may be lists of integers"""
    assert student.pca_inverse_transform([[4]], [1, 1, 1], [[0, 1, 0]]) == close([[1.0, 5.0, 1.0]])


@pytest.mark.task("pca_inverse_transform", edge=True)
def test_pca_inverse_transform_refuses_what_does_not_fit(student):
    """One coordinate for each component, as many columns in the mean: anything else is a ValueError"""
    with pytest.raises(ValueError):
        student.pca_inverse_transform(np.ones((5, 2)), np.ones(1), ROWS)
    for columns in (1, 3):
        with pytest.raises(ValueError):
            student.pca_inverse_transform(np.ones((5, columns)), MEAN, ROWS)
