"""Visible tests of ex03: run `pytest exercises/ex03_unsupervised` while you work."""

import numpy as np
import pytest

from grader.compare import close, exactly

# The running example of the handout: two groups in the plane.
X = [[0, 0], [0, 2], [6, 0], [6, 2], [9, 1]]

# Four points on a cross, long from left to right: variances 9 and 1.
CROSS = [[3, 0], [-3, 0], [0, 1], [0, -1]]


def far_apart(rng):
    """Ten samples around 0 and ten around 100, on a line."""
    return np.concatenate([rng.normal(0, 1, (10, 1)), rng.normal(100, 1, (10, 1))])


@pytest.mark.task("assign_clusters")
def test_assign_clusters_of_the_handout(student):
    """Each sample belongs to the nearest of two centroids"""
    assert student.assign_clusters(X, [[0, 0], [6, 0]]) == exactly([0, 0, 1, 1, 1])


@pytest.mark.task("assign_clusters")
def test_assign_clusters_at_equal_distances(student):
    """In the middle between two centroids the lower row wins"""
    assert student.assign_clusters([[1], [3]], [[4], [2], [0]]) == exactly([1, 0])


@pytest.mark.task("assign_clusters", edge=True)
def test_assign_clusters_refuses_no_centroids(student):
    """Without centroids there are no clusters: ValueError"""
    with pytest.raises(ValueError):
        student.assign_clusters(X, np.empty((0, 2)))


@pytest.mark.task("update_centroids")
def test_update_centroids_of_the_handout(student):
    """Each centroid moves into the middle of its samples"""
    assert student.update_centroids(X, [0, 0, 1, 1, 1], [[0, 0], [6, 0]]) == close([[0, 1], [7, 1]])


@pytest.mark.task("update_centroids")
def test_update_centroids_leaves_the_given_ones_alone(student):
    """The new centroids are a new array"""
    centroids = np.array([[1.0], [5.0]])
    assert student.update_centroids([[0.0], [4.0]], [0, 1], centroids) == close([[0.0], [4.0]])
    assert centroids == close([[1.0], [5.0]])


@pytest.mark.task("update_centroids", edge=True)
def test_update_centroids_of_an_empty_cluster(student):
    """Nobody belongs to the second cluster: it keeps its centroid"""
    assert student.update_centroids([[0, 0], [2, 4]], [0, 0], [[9, 9], [7, 5]]) == close([[1, 2], [7, 5]])


@pytest.mark.task("kmeans")
def test_kmeans_finds_two_groups(student):
    """Ten samples around 0 and ten around 100 are two clusters"""
    x = far_apart(np.random.default_rng(0))
    centroids, labels = student.kmeans(x, 2, np.random.default_rng(1))
    labels = np.asarray(labels)
    assert len(set(labels[:10])) == len(set(labels[10:])) == 1, "a group is divided"
    assert labels[0] != labels[10], "both groups are one cluster"
    assert np.sort(np.asarray(centroids), axis=0) == close([x[:10].mean(axis=0), x[10:].mean(axis=0)])


@pytest.mark.task("kmeans")
def test_kmeans_with_as_many_clusters_as_samples(student):
    """It starts from distinct samples: with k = N each sample is its own centroid"""
    centroids, labels = student.kmeans(X, 5, np.random.default_rng(0))
    assert sorted(map(int, labels)) == [0, 1, 2, 3, 4], "each sample is a cluster"
    assert np.asarray(centroids)[np.asarray(labels)] == close(X)


@pytest.mark.task("kmeans", edge=True)
def test_kmeans_refuses_more_clusters_than_samples(student):
    """5 samples cannot form 6 clusters: ValueError"""
    with pytest.raises(ValueError):
        student.kmeans(X, 6, np.random.default_rng(0))


@pytest.mark.task("inertia")
def test_inertia_of_the_handout(student):
    """Squared distances 1, 1, 2, 2 and 4"""
    assert student.inertia(X, [[0, 1], [7, 1]], [0, 0, 1, 1, 1]) == close(10.0)


@pytest.mark.task("inertia")
def test_inertia_goes_by_the_labels(student):
    """A sample in the wrong cluster costs the distance to that cluster's centroid"""
    assert student.inertia([[0.0], [4.0]], [[0.0], [4.0]], [1, 1]) == close(16.0)


@pytest.mark.task("inertia", edge=True)
def test_inertia_refuses_different_lengths(student):
    """Five samples and one label are a ValueError"""
    with pytest.raises(ValueError):
        student.inertia(X, [[0, 1], [7, 1]], [0])


@pytest.mark.task("pca")
def test_pca_of_a_diagonal(student):
    """Three points on a diagonal: one direction has all the variance"""
    mean, components, ratio = student.pca([[0, 1], [1, 2], [2, 3]], 1)
    assert mean == close([1, 2])
    assert np.abs(np.asarray(components)) == close([[0.5**0.5, 0.5**0.5]], atol=1e-7)
    assert ratio == close([1.0], atol=1e-7)


@pytest.mark.task("pca")
def test_pca_of_the_cross(student):
    """The variances 9 and 1 are 90 % and 10 % of the total; a component may point either way"""
    mean, components, ratio = student.pca(CROSS, 2)
    assert mean == close([0, 0])
    assert np.abs(np.asarray(components)) == close([[1, 0], [0, 1]], atol=1e-7)
    assert ratio == close([0.9, 0.1], atol=1e-7)


@pytest.mark.task("pca", edge=True)
def test_pca_refuses_too_many_components(student):
    """The plane has two directions, not three: ValueError"""
    with pytest.raises(ValueError):
        student.pca(CROSS, 3)


@pytest.mark.task("pca_transform")
def test_pca_transform_onto_one_component(student):
    """From (1, 1), the sample (4, 5) is (3, 4) away: 0.6 * 3 + 0.8 * 4 = 5 along the component"""
    assert student.pca_transform([[4, 5], [1, 1]], [1, 1], [[0.6, 0.8]]) == close([[5], [0]])


@pytest.mark.task("pca_inverse_transform")
def test_pca_inverse_transform_from_one_component(student):
    """5 along (0.6, 0.8), starting from (1, 1), is (4, 5)"""
    assert student.pca_inverse_transform([[5], [0]], [1, 1], [[0.6, 0.8]]) == close([[4, 5], [1, 1]])


@pytest.mark.task("pca_inverse_transform")
def test_pca_inverse_transform_from_two_components(student):
    """2 along the first axis and 3 along the third"""
    x = student.pca_inverse_transform([[2, 3]], [10, 20, 30], [[1, 0, 0], [0, 0, 1]])
    assert x == close([[12, 20, 33]])
