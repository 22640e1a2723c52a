"""What goes wrong with k-means: distances, empty clusters, loops that stop too early."""

import numpy as np

from grader.misconceptions import misconception


@misconception("assign_clusters")
def adds_up_absolute_differences(x, centroids):
    """You measure the distance of somebody who may only walk along the axes; Euclid's squares the differences
    before it adds them up.
    """
    return np.argmin(np.abs(_differences(x, centroids)).sum(axis=2), axis=1)


@misconception("assign_clusters")
def takes_the_largest_product(x, centroids):
    """A dot product is no distance: it grows with the length of the centroid, and one far out wins everything.
    What has to be small for two points to be near?
    """
    _differences(x, centroids)
    return np.argmax(_samples(x) @ np.asarray(centroids, dtype=float).T, axis=1)


@misconception("assign_clusters")
def gives_ties_to_the_last(x, centroids):
    """At equal distances the lowest row wins: what does your comparison do when the second one is just as near?"""
    squared = np.sum(_differences(x, centroids) ** 2, axis=2)
    return squared.shape[1] - 1 - np.argmin(squared[:, ::-1], axis=1)


@misconception("assign_clusters")
def looks_for_the_nearest_sample(x, centroids):
    """Rows or columns? This is the nearest sample of each centroid, not the nearest centroid of each sample."""
    return np.argmin(np.sum(_differences(x, centroids) ** 2, axis=2), axis=0)


@misconception("update_centroids")
def divides_nothing_by_nothing(x, labels, centroids):
    """The mean of no samples is 0/0. A cluster that has lost all of its samples needs an answer of its own."""
    sums, counts = _sums(x, labels, centroids)
    with np.errstate(all="ignore"):
        return sums / counts


@misconception("update_centroids")
def moves_an_empty_cluster_to_the_origin(x, labels, centroids):
    """A cluster without samples jumps to 0, where there may be no data at all: what does the docstring say?"""
    sums, counts = _sums(x, labels, centroids)
    return sums / np.maximum(counts, 1)


@misconception("update_centroids")
def loses_the_empty_clusters(x, labels, centroids):
    """A loop over the labels that occur forgets the clusters without samples: k rows go in, k rows come out."""
    sums, counts = _sums(x, labels, centroids)
    used = counts[:, 0] > 0
    return sums[used] / counts[used]


@misconception("update_centroids")
def keeps_whole_numbers(x, labels, centroids):
    """The mean of 1 and 2 is 1.5, but an array of integers cannot hold it: which dtype does the result have?"""
    sums, counts = _sums(x, labels, centroids)
    updated = np.array(centroids)
    used = counts[:, 0] > 0
    updated[used] = (sums[used] / counts[used]).astype(updated.dtype)
    return updated


@misconception("kmeans")
def starts_from_random_points(x, k, rng, max_iterations=100):
    """Points anywhere in the plane may be far from all data, and their clusters empty: start from samples."""
    x = _check(x, k)
    return _lloyd(x, rng.uniform(x.min(axis=0), x.max(axis=0), size=(k, x.shape[1])), max_iterations)


@misconception("kmeans")
def may_start_twice_from_one_sample(x, k, rng, max_iterations=100):
    """Drawn with replacement, two of the first centroids can be the same sample, and one of them gets nothing."""
    x = _check(x, k)
    return _lloyd(x, x[rng.integers(len(x), size=k)], max_iterations)


@misconception("kmeans")
def starts_from_the_first_samples(x, k, rng, max_iterations=100):
    """The first k samples are always the same ones, and often alike: the start has to come from rng."""
    x = _check(x, k)
    return _lloyd(x, x[:k], max_iterations)


@misconception("kmeans")
def makes_a_single_iteration(x, k, rng, max_iterations=100):
    """The centroids have moved once, and then some samples are nearer to another one: go on until none is."""
    x = _check(x, k)
    return _lloyd(x, x[rng.choice(len(x), k, replace=False)], 1)


@misconception("kmeans")
def never_stops_early(x, k, rng, max_iterations=100):
    """When no label changes, no later iteration will change anything: what are the other iterations for?"""
    x = _check(x, k)
    centroids = x[rng.choice(len(x), k, replace=False)]
    for _ in range(max_iterations):
        labels = assign_clusters(x, centroids)
        centroids = update_centroids(x, labels, centroids)
    return centroids, labels


@misconception("kmeans")
def does_not_count_the_iterations(x, k, rng, max_iterations=100):
    """On large data convergence takes long: max_iterations is where the patience ends."""
    x = _check(x, k)
    return _lloyd(x, x[rng.choice(len(x), k, replace=False)], 10_000)


@misconception("inertia")
def forgets_the_squares(x, centroids, labels):
    """Your result adds up the distances; the inertia adds up their squares. Compare with the formula in the
    docstring.
    """
    x, labels = _labelled(x, labels, len(centroids))
    return float(np.sum(np.linalg.norm(x - np.asarray(centroids)[labels], axis=1)))


@misconception("inertia")
def takes_the_mean(x, centroids, labels):
    """Your result does not grow with the number of samples. The inertia is a sum: twice the samples, twice the
    inertia.
    """
    x, labels = _labelled(x, labels, len(centroids))
    return float(np.mean(np.sum((x - np.asarray(centroids)[labels]) ** 2, axis=1)))


@misconception("inertia")
def chooses_the_labels_itself(x, centroids, labels):
    """The labels are given, and need not be those of the nearest centroids: what are they there for?"""
    x, labels = _labelled(x, labels, len(centroids))
    return inertia_right(x, centroids, assign_clusters(x, centroids))


# A wrong function takes the place of the right one, also for itself: right ones under other names.
def _differences(x, centroids):
    x, centroids = _samples(x), np.asarray(centroids, dtype=float)
    if len(centroids) == 0 or centroids.shape[1] != x.shape[1]:
        raise ValueError("centroids do not fit")
    return x[:, np.newaxis] - centroids


def _sums(x, labels, centroids):
    x, labels = _labelled(x, labels, len(centroids))
    member = labels == np.arange(len(centroids))[:, np.newaxis]
    return member.astype(float) @ x, member.sum(axis=1, keepdims=True)


def _check(x, k):
    if not 1 <= k <= len(x):
        raise ValueError("impossible number of clusters")
    return np.asarray(x, dtype=float)


def _lloyd(x, centroids, max_iterations):
    labels = None
    for _ in range(max_iterations):
        previous, labels = labels, assign_clusters(x, centroids)
        if previous is not None and np.array_equal(labels, previous):
            break
        centroids = update_centroids(x, labels, centroids)
    return centroids, labels


def inertia_right(x, centroids, labels):
    return float(np.sum((x - np.asarray(centroids, dtype=float)[labels]) ** 2))
