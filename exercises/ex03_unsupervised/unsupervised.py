"""Structure without labels: k-means finds groups, principal component analysis finds directions.

Slides: Clustering, Dimensionality Reduction.

Everything is computed in float64. Arguments may be lists or arrays and are never modified. Samples are rows
`(N, D)`, centroids are rows `(k, D)`, the label of a sample is the row of its centroid, `0 .. k - 1`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def assign_clusters(x: ArrayLike, centroids: ArrayLike) -> NDArray[np.int64]:
    """The cluster of each sample: the row of the nearest centroid.

    Slide *Clustering*; nearest by the Euclidean distance, and at equal distances the lowest row::

        label(x) = argmin_j ||x - c_j||

    Args:
        x: samples, `(N, D)`.
        centroids: `(k, D)`.

    Returns:
        The labels, `(N,)` integers in `0 .. k - 1`.

    Raises:
        ValueError: there are no samples, there are no centroids, or they do not have as many columns as the
            samples.
    """
    raise NotImplementedError("ex03 assign_clusters")


def update_centroids(x: ArrayLike, labels: ArrayLike, centroids: ArrayLike) -> NDArray[np.float64]:
    """Move each centroid into the middle of its cluster: the mean of the samples with its label.

    ::

        c_j = mean of the x_i with label(x_i) = j

    A cluster without samples has no mean: it keeps its centroid.

    Args:
        x: samples, `(N, D)`.
        labels: the label of each sample, `(N,)` integers in `0 .. k - 1`.
        centroids: the present centroids, `(k, D)`; they are not modified.

    Returns:
        The new centroids, `(k, D)`.

    Raises:
        ValueError: the lengths of `x` and `labels` differ, there are no samples, or a label is outside
            `0 .. k - 1`.
    """
    raise NotImplementedError("ex03 update_centroids")


def kmeans(
    x: ArrayLike, k: int, rng: np.random.Generator, max_iterations: int = 100
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Find k clusters: assign every sample to its nearest centroid, move the centroids, and repeat.

    Lloyd's algorithm. The first centroids are k distinct samples, drawn at random. Each iteration assigns the
    samples and then updates the centroids; it ends as soon as no sample changes its label any more (it has
    converged), or else after `max_iterations`.

    Args:
        x: samples, `(N, D)`.
        k: the number of clusters, from 1 to N.
        rng: draws the samples to start from.
        max_iterations: the largest number of iterations, at least 1.

    Returns:
        The centroids, `(k, D)`, and the labels, `(N,)` integers. After convergence the labels are those of the
        nearest centroids, and the centroids are the means of their clusters.

    Raises:
        ValueError: there are no samples, or k is below 1 or above N.
    """
    raise NotImplementedError("ex03 kmeans")


def inertia(x: ArrayLike, centroids: ArrayLike, labels: ArrayLike) -> float:
    """How far the samples are from their centroids: the quantity that k-means makes smaller in each step.

    ::

        inertia = sum_i ||x_i - c_label(i)||^2

    Args:
        x: samples, `(N, D)`.
        centroids: `(k, D)`.
        labels: the label of each sample, `(N,)` integers in `0 .. k - 1`; not necessarily the nearest.

    Returns:
        The sum of the squared distances, at least 0.

    Raises:
        ValueError: the lengths of `x` and `labels` differ, there are no samples, or a label is outside
            `0 .. k - 1`.
    """
    raise NotImplementedError("ex03 inertia")


def pca(x: ArrayLike, n_components: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Principal component analysis: the directions in which the samples vary most.

    Slide *Dimensionality Reduction*. With the mean m of the samples, the components are the eigenvectors of their
    covariance matrix with the largest eigenvalues (the same as the right singular vectors of the centred
    samples)::

        C = (1 / N) sum_i (x_i - m)(x_i - m)^T,    C v_j = lambda_j v_j,    lambda_1 >= lambda_2 >= ...

    lambda_j is the variance along v_j. Its share is taken of the variance of the data, in all D directions, also
    when fewer components are asked for::

        explained_variance_ratio_j = lambda_j / (lambda_1 + ... + lambda_D)

    Columns are centred, but not divided by anything. A direction has two unit vectors, v and -v: either will do.

    Args:
        x: samples, `(N, D)`.
        n_components: how many components to return, from 1 to min(N, D).

    Returns:
        The mean, `(D,)`; the components, `(n_components, D)`: orthonormal rows, largest variance first; and their
        shares of the total variance, `(n_components,)`.

    Raises:
        ValueError: there are no samples, `n_components` is below 1 or above min(N, D), or all samples are equal,
            so that there is no variance to have a share of.
    """
    raise NotImplementedError("ex03 pca")


def pca_transform(x: ArrayLike, mean: ArrayLike, components: ArrayLike) -> NDArray[np.float64]:
    """The coordinates of the samples along the components: D numbers become `n_components`.

    ::

        z_j = v_j . (x - m)

    Args:
        x: samples, `(N, D)`.
        mean: the mean m, `(D,)`.
        components: the unit vectors v_j, `(n_components, D)`.

    Returns:
        The coordinates, `(N, n_components)`.

    Raises:
        ValueError: samples, mean and components do not have the same number of columns.
    """
    raise NotImplementedError("ex03 pca_transform")


def pca_inverse_transform(z: ArrayLike, mean: ArrayLike, components: ArrayLike) -> NDArray[np.float64]:
    """Back from coordinates to samples: the point of the subspace of the components with these coordinates.

    ::

        x = m + sum_j z_j v_j

    What the samples had in other directions is lost: of all points of the subspace, this is the nearest to them.

    Args:
        z: coordinates, `(N, n_components)`.
        mean: the mean m, `(D,)`.
        components: the unit vectors v_j, `(n_components, D)`.

    Returns:
        The samples, `(N, D)`.

    Raises:
        ValueError: there is not one coordinate per component, or mean and components do not have the same number
            of columns.
    """
    raise NotImplementedError("ex03 pca_inverse_transform")
