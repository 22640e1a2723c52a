"""Hidden tests of ex03: clusters, their centroids, and how k-means moves them."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.cluster import KMeans

from grader.compare import close, exactly
from grader.hidden.ex03_unsupervised.draws import integers


def nearest(x, centroids):
    """The row of the nearest centroid, the lowest one of several, sample by sample."""
    squared = [[sum((a - b) ** 2 for a, b in zip(s, c, strict=True)) for c in centroids.tolist()] for s in x.tolist()]
    return [row.index(min(row)) for row in squared]


# --- assign_clusters ----------------------------------------------------------------------------------------


@pytest.mark.task("assign_clusters", weight=2)
def test_assign_clusters_finds_the_nearest(student, rng):
    """Samples of any number of columns belong to the nearest of several centroids"""
    for columns in (2, 3, 6):
        x, centroids = rng.normal(size=(30, columns)) * 5, rng.normal(size=(columns + 2, columns)) * 5
        assert student.assign_clusters(x, centroids) == exactly(nearest(x, centroids))


@pytest.mark.task("assign_clusters")
def test_assign_clusters_goes_by_the_straight_line(student):
    """The distance is the straight line: neither the sum nor the largest of the differences counts"""
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
    """A single cluster has its centroid in the mean, which is not an integer; samples may be lists"""
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
