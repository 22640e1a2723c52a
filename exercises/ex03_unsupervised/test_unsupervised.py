"""Visible tests of ex03: run `pytest exercises/ex03_unsupervised` while you work."""

import numpy as np
import pytest

from grader.compare import close, exactly

# The running example of the handout: two groups in the plane.
X = [[0, 0], [0, 2], [6, 0], [6, 2], [9, 1]]

# Twelve points in a row, without any groups: k-means needs several iterations to divide them.
ROW = np.arange(12.0)[:, np.newaxis]

# Four points on a cross around (5, 2), long from left to right: variances 9 and 1 times one half.
CROSS = [[8, 2], [2, 2], [5, 3], [5, 1]]

SEEDS = range(10)  # one start may be lucky, ten are not


def rng(seed=0):
    return np.random.default_rng(seed)


def far_apart(draw):
    """Ten samples around 0 and ten around 100, on a line."""
    return np.concatenate([draw.normal(0, 1, (10, 1)), draw.normal(100, 1, (10, 1))])


def refuses_bad_labels(function):
    """Lengths that differ, of which NumPy would stretch one label; labels that are no row, such as -1; no samples."""
    for x, labels in ((X, [0, 1, 0, 1]), (X, [0]), (X, [0, 1, 2, 0, 1]), (X, [0, 1, -1, 0, 1]), (np.empty((0, 2)), [])):
        with pytest.raises(ValueError):
            function(x, np.array(labels, dtype=int))


@pytest.mark.task("assign_clusters")
def test_assign_clusters_of_the_handout(student):
    """Each sample belongs to the nearest of two centroids"""
    assert student.assign_clusters(X, [[0, 0], [6, 0]]) == exactly([0, 0, 1, 1, 1])


@pytest.mark.task("assign_clusters", weight=3)
def test_assign_clusters_goes_by_the_straight_line(student):
    """From (1, 1) it is 6.4 to (5, 6) and 7 to (1, 8), 6 to (7, 1) and 7.1 to (6, 6). All columns count"""
    assert student.assign_clusters([[1, 1]], [[1, 8], [5, 6]]) == exactly([1])
    assert student.assign_clusters([[1, 1]], [[7, 1], [6, 6]]) == exactly([0])
    assert student.assign_clusters([[1, 1, 1]], [[1, 1, 4], [2, 2, 1]]) == exactly([1])


@pytest.mark.task("assign_clusters")
def test_assign_clusters_at_equal_distances(student):
    """In the middle between two centroids the lower row wins"""
    assert student.assign_clusters([[1], [3]], [[4], [2], [0]]) == exactly([1, 0])


@pytest.mark.task("assign_clusters", edge=True)
def test_assign_clusters_refuses_no_centroids(student):
    """No samples, no centroids, and centroids with other columns are a ValueError; a single centroid is fine"""
    for x, centroids in ((np.empty((0, 2)), X), (X, np.empty((0, 2))), (X, [[1.0], [2.0]]), (X, [[1.0, 2.0, 3.0]])):
        with pytest.raises(ValueError):
            student.assign_clusters(x, centroids)
    assert student.assign_clusters([[1, 2], [3, 4]], [[9, 9]]) == exactly([0, 0])


@pytest.mark.task("update_centroids", weight=2)
def test_update_centroids_of_the_handout(student):
    """Each centroid moves into the middle of its samples"""
    assert student.update_centroids(X, [0, 0, 1, 1, 1], [[0, 0], [6, 0]]) == close([[0, 1], [7, 1]])


@pytest.mark.task("update_centroids")
def test_update_centroids_of_an_array(student):
    """The centroids may come as an array of floats, and each cluster may be a single sample"""
    centroids = np.array([[1.0], [5.0]])
    assert student.update_centroids([[0.0], [4.0]], [0, 1], centroids) == close([[0.0], [4.0]])


@pytest.mark.task("update_centroids", weight=2)
def test_update_centroids_of_an_empty_cluster(student):
    """Nobody belongs to the second, or to the first cluster: it keeps its centroid"""
    assert student.update_centroids([[0, 0], [2, 4]], [0, 0], [[9, 9], [7, 5]]) == close([[1, 2], [7, 5]])
    assert student.update_centroids([[0, 0], [2, 4]], [1, 1], [[9, 9], [7, 5]]) == close([[9, 9], [1, 2]])


@pytest.mark.task("update_centroids")
def test_update_centroids_of_whole_numbers(student):
    """The mean of 1 and 2 is 1.5, also when samples and centroids are whole numbers"""
    assert student.update_centroids(np.array([[1], [2]]), np.array([0, 0]), np.array([[4]])) == close([[1.5]])


@pytest.mark.task("update_centroids", edge=True)
def test_update_centroids_refuses_bad_labels(student):
    """One label per sample, 0 or 1 for two centroids, and at least one sample: everything else is a ValueError"""
    refuses_bad_labels(lambda x, labels: student.update_centroids(x, labels, [[0.0, 0.0], [6.0, 0.0]]))


@pytest.mark.task("kmeans")
def test_kmeans_finds_two_groups(student):
    """Ten samples around 0 and ten around 100 are two clusters, wherever it starts"""
    x = far_apart(rng())
    for seed in SEEDS:
        centroids, labels = student.kmeans(x, 2, rng(seed))
        labels = np.asarray(labels)
        assert len(set(labels[:10])) == len(set(labels[10:])) == 1, "a group is divided"
        assert labels[0] != labels[10], "both groups are one cluster"
        assert np.sort(np.asarray(centroids), axis=0) == close([x[:10].mean(axis=0), x[10:].mean(axis=0)])


@pytest.mark.task("kmeans", weight=3)
def test_kmeans_comes_to_rest(student):
    """At the end every sample is with its nearest centroid, and every centroid is the mean of its samples"""
    for seed in SEEDS:
        centroids, labels = map(np.asarray, student.kmeans(ROW, 3, rng(seed)))
        distances = np.abs(ROW - centroids.T)
        own = distances[np.arange(len(ROW)), labels]
        assert np.all(own <= distances.min(axis=1) + 1e-9), "a sample is nearer to another centroid than to its own"
        assert centroids == close([np.mean(ROW[labels == cluster], axis=0) for cluster in range(3)])


@pytest.mark.task("kmeans")
def test_kmeans_with_as_many_clusters_as_samples(student):
    """It starts from distinct samples: with k = N each sample is its own centroid, with every seed"""
    for seed in SEEDS:
        centroids, labels = student.kmeans(X, 5, rng(seed))
        assert sorted(map(int, labels)) == [0, 1, 2, 3, 4], "each sample is a cluster"
        assert np.asarray(centroids)[np.asarray(labels)] == close(X)


@pytest.mark.task("kmeans")
def test_kmeans_draws_the_start_from_rng(student):
    """The same generator gives the same centroids; of ten different ones, some start elsewhere"""
    first, *others = (student.kmeans(ROW, 4, rng(seed))[0] for seed in (0, *SEEDS))
    assert others[0] == close(first)
    assert any(not np.array_equal(first, other) for other in others), "ten generators gave the same centroids"


@pytest.mark.task("kmeans")
def test_kmeans_stops_after_max_iterations(student):
    """One iteration is not enough for points in a row: from some starts it ends elsewhere than a hundred do"""
    once = [np.asarray(student.kmeans(ROW, 4, rng(seed), max_iterations=1)[0]) for seed in SEEDS]
    often = [np.asarray(student.kmeans(ROW, 4, rng(seed), max_iterations=100)[0]) for seed in SEEDS]
    assert any(not np.allclose(a, b) for a, b in zip(once, often, strict=True)), "max_iterations = 1 changed nothing"


@pytest.mark.task("kmeans", edge=True)
def test_kmeans_of_equal_samples(student):
    """Three times 0 and three times 10: a cluster may lose all its samples on the way, and the end is right"""
    x = np.array([[0.0], [0.0], [0.0], [10.0], [10.0], [10.0]])
    for seed in SEEDS:
        centroids, labels = student.kmeans(x, 2, rng(seed))
        assert np.asarray(centroids)[np.asarray(labels)] == close(x)


@pytest.mark.task("kmeans", edge=True)
def test_kmeans_with_a_single_cluster(student):
    """One cluster has its centroid in the mean, (4.2, 1)"""
    centroids, labels = student.kmeans(X, 1, rng())
    assert centroids == close([[4.2, 1.0]])
    assert labels == exactly([0, 0, 0, 0, 0])


@pytest.mark.task("kmeans", edge=True)
def test_kmeans_refuses_more_clusters_than_samples(student):
    """5 samples cannot form 6 clusters, nor 0; and no samples none at all: ValueError"""
    for x, k in ((X, 6), (X, 0), (np.empty((0, 2)), 1)):
        with pytest.raises(ValueError):
            student.kmeans(x, k, rng())


@pytest.mark.task("inertia")
def test_inertia_of_the_handout(student):
    """Squared distances 1, 1, 2, 2 and 4"""
    assert student.inertia(X, [[0, 1], [7, 1]], [0, 0, 1, 1, 1]) == close(10.0)


@pytest.mark.task("inertia", weight=2)
def test_inertia_goes_by_the_labels(student):
    """A sample in the wrong cluster costs the distance to that cluster's centroid: 4^2 + 1^2"""
    assert student.inertia([[0.0], [5.0]], [[0.0], [4.0]], [1, 1]) == close(17.0)


@pytest.mark.task("inertia", edge=True)
def test_inertia_refuses_bad_labels(student):
    """One label per sample, 0 or 1 for two centroids, and at least one sample: everything else is a ValueError"""
    refuses_bad_labels(lambda x, labels: student.inertia(x, [[0, 1], [7, 1]], labels))


def upright(components):
    """The components, each of v and -v that whose first number is positive: either is right."""
    components = np.asarray(components, dtype=float)
    assert components.ndim == 2, "each component is a row of its own"
    return np.where(components[:, :1] < 0, -1.0, 1.0) * components


@pytest.mark.task("pca", weight=2)
def test_pca_of_the_cross(student):
    """The variances 9 and 1 are 90 % and 10 % of the total; a component may point either way"""
    mean, components, ratio = student.pca(CROSS, 2)
    assert mean == close([5, 2])
    assert np.abs(np.asarray(components)) == close([[1, 0], [0, 1]], atol=1e-7)
    assert ratio == close([0.9, 0.1], atol=1e-7)


@pytest.mark.task("pca", weight=3)
def test_pca_with_one_of_two_components(student):
    """The first component of the cross alone still has 90 %: what is left out counts in the total"""
    mean, components, ratio = student.pca(CROSS, 1)
    assert mean == close([5, 2])
    assert np.abs(np.asarray(components)) == close([[1, 0]], atol=1e-7)
    assert ratio == close([0.9], atol=1e-7)


@pytest.mark.task("pca", weight=2)
def test_pca_of_a_tilted_cross(student):
    """Around (1, 2), 10 along (0.8, -0.6) and 5 along (0.6, 0.8), to both sides: variances as 4 to 1"""
    mean, components, ratio = student.pca([[9, -4], [-7, 8], [4, 6], [-2, -2]], 2)
    assert mean == close([1, 2])
    assert upright(components) == close([[0.8, -0.6], [0.6, 0.8]], atol=1e-7)
    assert ratio == close([0.8, 0.2], atol=1e-7)


@pytest.mark.task("pca", edge=True)
def test_pca_of_fewer_samples_than_columns(student):
    """Pictures have many columns: two samples of three values differ in one direction, (3, 4, 0) / 5"""
    mean, components, ratio = student.pca([[0, 0, 7], [3, 4, 7]], 1)
    assert mean == close([1.5, 2, 7])
    assert upright(components) == close([[0.6, 0.8, 0.0]], atol=1e-7)
    assert ratio == close([1.0], atol=1e-7)


@pytest.mark.task("pca", edge=True)
def test_pca_refuses_too_many_components(student):
    """The plane has two directions, not three, and not none; two samples have at most two: ValueError"""
    for x, n_components in ((CROSS, 3), (CROSS, 0), ([[1, 2, 3], [4, 5, 7]], 3)):
        with pytest.raises(ValueError):
            student.pca(x, n_components)


@pytest.mark.task("pca", edge=True)
def test_pca_refuses_samples_without_variance(student):
    """No samples, and samples that are all equal, have no variance to have a share of: ValueError"""
    for x in (np.empty((0, 2)), [[0.1, 0.7], [0.1, 0.7], [0.1, 0.7]], [[3.0, 4.0]]):
        with pytest.raises(ValueError):
            student.pca(x, 1)


@pytest.mark.task("pca_transform", weight=2)
def test_pca_transform_onto_one_component(student):
    """From (1, 1), the sample (4, 5) is (3, 4) away: 0.6 * 3 + 0.8 * 4 = 5 along the component"""
    assert student.pca_transform([[4, 5], [1, 1]], [1, 1], [[0.6, 0.8]]) == close([[5], [0]])


@pytest.mark.task("pca_transform")
def test_pca_transform_onto_two_components(student):
    """(12, 20, 33) is 2 along the first axis and 3 along the third away from (10, 20, 30)"""
    assert student.pca_transform([[12, 20, 33]], [10, 20, 30], [[1, 0, 0], [0, 0, 1]]) == close([[2, 3]])


@pytest.mark.task("pca_transform", edge=True)
def test_pca_transform_refuses_what_does_not_fit(student):
    """Samples, mean and components with different numbers of columns are a ValueError: NumPy would stretch one"""
    for x, mean in (([[4], [1]], [1, 1]), ([[4, 5, 6]], [1, 1]), ([[4, 5]], [1])):
        with pytest.raises(ValueError):
            student.pca_transform(x, mean, [[0.6, 0.8]])


@pytest.mark.task("pca_inverse_transform", weight=2)
def test_pca_inverse_transform_from_one_component(student):
    """5 along (0.6, 0.8), starting from (1, 1), is (4, 5)"""
    assert student.pca_inverse_transform([[5], [0]], [1, 1], [[0.6, 0.8]]) == close([[4, 5], [1, 1]])


@pytest.mark.task("pca_inverse_transform")
def test_pca_inverse_transform_from_two_components(student):
    """2 along the first axis and 3 along the third"""
    x = student.pca_inverse_transform([[2, 3]], [10, 20, 30], [[1, 0, 0], [0, 0, 1]])
    assert x == close([[12, 20, 33]])


@pytest.mark.task("pca_inverse_transform", edge=True)
def test_pca_inverse_transform_refuses_what_does_not_fit(student):
    """Not one coordinate per component, and a mean with another number of columns, are a ValueError"""
    for z, mean in (([[2], [3]], [1, 2, 3]), ([[2, 3, 4]], [1, 2, 3]), ([[2, 3]], [1])):
        with pytest.raises(ValueError):
            student.pca_inverse_transform(z, mean, [[1, 0, 0], [0, 0, 1]])
