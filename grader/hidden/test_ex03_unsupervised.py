"""Hidden grader of ex03: distances of small integers are exact, ties included; k-means is graded by what must hold
from every start; components are compared up to their sign.
"""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA

from grader.compare import close, exactly


def integers(rng, *shape, largest=9):
    """Small integers in floats: squared distances between them are exact in any order of summation."""
    return rng.integers(-largest, largest + 1, size=shape).astype(float)


def nearest(x, centroids):
    """The row of the nearest centroid, the lowest one of several, sample by sample."""
    squared = [[sum((a - b) ** 2 for a, b in zip(s, c, strict=True)) for c in centroids.tolist()] for s in x.tolist()]
    return [row.index(min(row)) for row in squared]


# --- assign_clusters ----------------------------------------------------------------------------------------


@pytest.mark.task("assign_clusters", weight=2)
def test_assign_clusters_finds_the_nearest(student, rng):
    """Random samples in two to six dimensions belong to the nearest of several centroids"""
    for columns in (2, 3, 6):
        x, centroids = rng.normal(size=(30, columns)) * 5, rng.normal(size=(columns + 2, columns)) * 5
        assert student.assign_clusters(x, centroids) == exactly(nearest(x, centroids))


@pytest.mark.task("assign_clusters")
def test_assign_clusters_goes_by_the_straight_line(student):
    """(3, 3) is 4.24 away from the origin, (0, 5) is 5: neither the sum nor the largest of the differences counts"""
    assert student.assign_clusters([[0, 0]], [[0, 5], [3, 3]]) == exactly([1])
    assert student.assign_clusters([[0, 0]], [[5, 0], [4, 4]]) == exactly([0])
    assert student.assign_clusters([[0, 0, 0]], [[4, 4, 4], [6, 0, 0]]) == exactly([1])


@pytest.mark.task("assign_clusters")
def test_assign_clusters_at_equal_distances(student, rng):
    """At equal distances the lowest row wins, however the centroids are ordered"""
    x, centroids = integers(rng, 40, 2, largest=3), integers(rng, 5, 2, largest=3)
    assert student.assign_clusters(x, centroids) == exactly(nearest(x, centroids))
    assert student.assign_clusters([[0, 0], [1, 1]], [[-5, 0], [3, 4], [4, 3], [5, 0]]) == exactly([0, 1])
    assert student.assign_clusters([[2.0], [7.0]], [[9.0], [4.0], [4.0], [0.0]]) == exactly([1, 0])


@pytest.mark.task("assign_clusters", edge=True)
def test_assign_clusters_of_a_single_centroid(student):
    """A single centroid is the nearest to everything"""
    assert student.assign_clusters([[1.0, 2.0], [3.0, 4.0]], [[9.0, 9.0]]) == close([0, 0])


@pytest.mark.task("assign_clusters", edge=True)
def test_assign_clusters_refuses_what_does_not_fit(student):
    """No samples, no centroids, and centroids with other columns are a ValueError"""
    x = np.arange(8.0).reshape(4, 2)
    for samples, centroids in ((x[:0], x[:2]), (x, x[:0]), (x, np.ones((2, 3))), (x, np.ones((2, 1)))):
        with pytest.raises(ValueError):
            student.assign_clusters(samples, centroids)


# --- update_centroids ---------------------------------------------------------------------------------------


@pytest.mark.task("update_centroids", weight=2)
def test_update_centroids_are_the_means(student, rng):
    """Each centroid becomes the mean of its own samples, wherever it has been before"""
    x, labels = rng.normal(size=(30, 3)) * 4 + 7, rng.permutation([*range(5), *rng.integers(5, size=25)])
    means = [x[labels == j].sum(axis=0) / np.sum(labels == j) for j in range(5)]
    assert student.update_centroids(x, labels, integers(rng, 5, 3)) == close(means)


@pytest.mark.task("update_centroids", weight=2)
def test_update_centroids_keeps_an_empty_cluster(student, rng):
    """A cluster without samples keeps its centroid: the first one, one in the middle, or the last one"""
    x, centroids = integers(rng, 12, 2), integers(rng, 4, 2) + 0.5
    for empty in range(4):
        others = [j for j in range(4) if j != empty]
        labels = np.array(others * 4)
        expected = centroids.copy()
        for j in others:
            expected[j] = x[labels == j].sum(axis=0) / 4
        assert student.update_centroids(x, labels, centroids) == close(expected)


@pytest.mark.task("update_centroids")
def test_update_centroids_of_whole_numbers(student):
    """The mean of whole numbers may be a fraction"""
    result = student.update_centroids(
        np.array([[1, 2], [2, 4], [7, 7]]), np.array([0, 0, 1]), np.array([[0, 0], [9, 9]])
    )
    assert result == close([[1.5, 3.0], [7.0, 7.0]])


@pytest.mark.task("update_centroids", edge=True)
def test_update_centroids_takes_lists(student):
    """Samples, labels and centroids may be lists"""
    assert student.update_centroids([[1, 0], [3, 0]], [1, 1], [[5, 5], [0, 0]]) == close([[5, 5], [2, 0]])


@pytest.mark.task("update_centroids", edge=True)
def test_update_centroids_refuses_bad_labels(student):
    """As many labels as samples, each the row of a centroid: anything else is a ValueError"""
    x = np.arange(8.0).reshape(4, 2)
    for samples, labels in ((x, [0, 1, 0]), (x, [0, 1, 0, 1, 1]), (x, [0, 1, 2, 0]), (x, [0, -1, 1, 0]), (x[:0], [])):
        with pytest.raises(ValueError):
            student.update_centroids(samples, np.array(labels, dtype=int), x[:2])


# --- kmeans -------------------------------------------------------------------------------------------------


def clouds(rng, k=3, samples=20, columns=2):
    """Clouds that lie close enough together for k-means to have something to do."""
    centres = rng.normal(size=(k, columns)) * 4
    return rng.permutation(np.repeat(centres, samples, axis=0) + rng.normal(size=(k * samples, columns)))


def run(student, x, k, seed, **limit):
    """Centroids and labels, after checking that the labels are those of clusters."""
    centroids, labels = student.kmeans(x, k, np.random.default_rng(seed), **limit)
    centroids, labels = np.asarray(centroids, dtype=float), np.asarray(labels)
    assert centroids.shape == (k, x.shape[1]), "one row for each centroid"
    assert labels.shape == (len(x),), "one label for each sample"
    assert labels.dtype.kind in "iu", "labels are integers"
    assert np.isfinite(centroids).all(), "a centroid is not finite: did a cluster lose all its samples?"
    assert labels.min() >= 0, "labels start at 0"
    assert labels.max() < k, "the largest label is k - 1"
    return centroids, labels


def spread(x, centroids):
    """The inertia with every sample at its nearest centroid."""
    return np.sum(np.min(np.sum((x[:, np.newaxis] - centroids) ** 2, axis=2), axis=1))


@pytest.mark.task("kmeans", weight=2)
def test_kmeans_comes_to_rest(student, rng, seed):
    """At the end every sample is with its nearest centroid, and every centroid in the middle of its samples"""
    for k, columns in ((2, 2), (4, 3)):
        x = clouds(rng, k, columns=columns)
        centroids, labels = run(student, x, k, seed)
        assert labels.tolist() == nearest(x, centroids), "a sample is not with its nearest centroid"
        for j in set(labels.tolist()):
            assert centroids[j] == close(x[labels == j].mean(axis=0), atol=1e-9)


@pytest.mark.task("kmeans", weight=2)
def test_kmeans_goes_the_way_of_lloyd(student, rng, seed):
    """From where it stands after one iteration, scikit-learn comes to the same end"""
    x = rng.uniform(size=(80, 3))
    # Of two clusters none can become empty: there, scikit-learn would move a centroid elsewhere.
    first, _ = run(student, x, 2, seed, max_iterations=1)
    reference = KMeans(2, init=first, n_init=1, tol=0, max_iter=100).fit(x)
    centroids, labels = run(student, x, 2, seed)
    assert centroids == close(reference.cluster_centers_, rtol=1e-6, atol=1e-9)
    assert labels == exactly(reference.labels_.astype(int))


@pytest.mark.task("kmeans")
def test_kmeans_finds_groups_that_are_far_apart(student, rng):
    """Two groups on a line, far from each other, are found from every start"""
    x = np.concatenate([rng.normal(0, 1, (12, 1)), rng.normal(100, 1, (12, 1))]) * [[1.0, 2.0]]
    for seed in range(5):
        centroids, labels = run(student, x, 2, seed)
        assert len(set(labels[:12])) == len(set(labels[12:])) == 1, "a group is divided"
        assert centroids[labels[[0, -1]]] == close([x[:12].mean(axis=0), x[12:].mean(axis=0)])


@pytest.mark.task("kmeans")
def test_kmeans_starts_from_distinct_samples(student, rng):
    """With as many clusters as samples, each sample is its own centroid from the start"""
    x = rng.permutation(np.arange(9.0)[:, np.newaxis] * [1.0, -3.0])
    for seed in range(3):
        centroids, labels = run(student, x, 9, seed)
        assert sorted(labels.tolist()) == list(range(9)), "the start is not from k distinct samples"
        assert centroids[labels] == close(x)


@pytest.mark.task("kmeans")
def test_kmeans_draws_the_start_from_rng(student, rng, seed):
    """The same seed gives the same clusters in the same order, other seeds give others"""
    x = clouds(rng, 4)
    first, labels = run(student, x, 4, seed)
    again, same = run(student, x, 4, seed)
    assert again == close(first)
    assert same == exactly(labels)
    others = [run(student, x, 4, seed + i)[0] for i in range(1, 7)]
    assert any(not np.allclose(first, other) for other in others), "seven seeds gave the same clusters: is rng used?"


@pytest.mark.task("kmeans")
def test_kmeans_gets_better_in_every_iteration(student, rng, seed):
    """More iterations never make the inertia larger, and one is not enough for a cloud without clusters"""
    x = rng.uniform(size=(150, 2))
    results = [spread(x, run(student, x, 8, seed, max_iterations=most)[0]) for most in (1, 2, 4, 100)]
    assert all(later <= earlier * (1 + 1e-9) for earlier, later in pairwise(results)), (
        "an iteration has made the inertia larger"
    )
    assert results[0] > results[-1] * (1 + 1e-6), "max_iterations = 1 does not stop after one iteration"


@pytest.mark.task("kmeans")
def test_kmeans_stops_when_no_label_changes(student, rng, seed):
    """A million iterations are allowed, and a few are enough"""
    x = clouds(rng)
    centroids, labels = run(student, x, 3, seed, max_iterations=1_000_000)
    assert labels.tolist() == nearest(x, centroids), "a sample is not with its nearest centroid"


@pytest.mark.task("kmeans", edge=True)
def test_kmeans_survives_equal_samples(student):
    """When samples occur several times, a cluster may be empty for a while: no NaN, and no wrong end"""
    x = np.repeat([[0.0, 1.0], [10.0, 1.0]], 6, axis=0)
    for seed in range(5):
        centroids, labels = run(student, x, 2, seed)
        assert centroids[labels] == close(x)


@pytest.mark.task("kmeans", edge=True)
def test_kmeans_of_lists_of_integers_in_one_cluster(student, rng):
    """A single cluster has its centroid in the mean, which is no integer; samples may be lists"""
    centroids, labels = student.kmeans([[0, 1], [3, 1], [0, 3], [4, 3]], 1, rng)
    assert centroids == close([[1.75, 2.0]])
    assert labels == close([0, 0, 0, 0])


@pytest.mark.task("kmeans", edge=True)
def test_kmeans_refuses_impossible_numbers(student):
    """No samples, no clusters, fewer than none, and more clusters than samples are a ValueError"""
    x = np.arange(10.0).reshape(5, 2)
    for samples, k in ((x, 6), (x, 0), (x, -1), (x[:0], 1)):
        with pytest.raises(ValueError):
            student.kmeans(samples, k, np.random.default_rng(0))


# --- inertia ------------------------------------------------------------------------------------------------


@pytest.mark.task("inertia", weight=2)
def test_inertia_adds_up_squared_distances(student, rng):
    """The sum over all samples of the squared distance to the centroid of their label"""
    x, centroids, labels = integers(rng, 20, 3), integers(rng, 4, 3) + 0.5, rng.integers(4, size=20)
    expected = sum(
        float(a - b) ** 2 for row, j in zip(x, labels, strict=True) for a, b in zip(row, centroids[j], strict=True)
    )
    assert student.inertia(x, centroids, labels) == close(expected)


@pytest.mark.task("inertia")
def test_inertia_believes_the_labels(student):
    """The label says which centroid is meant, also when another one is nearer"""
    assert student.inertia([[0, 0], [5, 0]], [[0, 0], [5, 0], [9, 9]], [1, 0]) == close(50)
    assert student.inertia([[0, 0], [5, 0]], [[0, 0], [5, 0], [3, 4]], [2, 1]) == close(25)


@pytest.mark.task("inertia", edge=True)
def test_inertia_refuses_bad_labels(student):
    """As many labels as samples, each the row of a centroid: anything else is a ValueError"""
    x = np.arange(8.0).reshape(4, 2)
    for samples, labels in ((x, [0, 1, 0]), (x, [0]), (x, [0, 1, 2, 0]), (x, [0, -1, 1, 0]), (x[:0], [])):
        with pytest.raises(ValueError):
            student.inertia(samples, x[:2], np.array(labels, dtype=int))


# --- pca ----------------------------------------------------------------------------------------------------


def cigar(rng, samples, columns):
    """Samples far from the origin whose deviations along random directions are 16, 8, 4, ..."""
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
    """Mean, components up to their sign, and ratios, of random samples"""
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
    """Pictures have many columns: five samples of twenty values have directions, too"""
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
    """No components, more than columns, no samples, and samples that are all equal are a ValueError"""
    x = integers(rng, 8, 3)
    for samples, n_components in ((x, 0), (x, -1), (x, 4), (x[:0], 1), (np.full((5, 3), 0.1), 1), (x[:1], 1)):
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
