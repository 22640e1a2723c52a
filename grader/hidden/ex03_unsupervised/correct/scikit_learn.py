"""scikit-learn's estimators and SciPy's distances, taken apart again; unsigned labels, named tuples, 0-d arrays."""

from typing import NamedTuple

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.utils import check_array


class Clustering(NamedTuple):
    centroids: np.ndarray
    labels: np.ndarray


class Analysis(NamedTuple):
    mean: np.ndarray
    components: np.ndarray
    explained_variance_ratio: np.ndarray


def assign_clusters(x, centroids):
    distances = cdist(check_array(x, dtype=float), check_array(centroids, dtype=float))
    # Exactly equal distances are equal after rounding, too.
    return np.argmin(np.round(distances, 12), axis=1).astype(np.uint8)


def update_centroids(x, labels, centroids):
    x, centroids, labels = check_array(x, dtype=float), np.array(centroids, dtype=float), np.asarray(labels)
    one_hot = np.eye(len(centroids))
    if labels.shape != x.shape[:1] or not set(labels.tolist()) <= set(range(len(centroids))):
        raise ValueError("labels")
    members = one_hot[labels].T
    counts = members.sum(axis=1)
    return np.where(counts[:, None] > 0, members @ x / np.maximum(counts, 1)[:, None], centroids)


def kmeans(x, k, rng, max_iterations=100):
    x = check_array(x, dtype=float)
    if k > len(x) or k < 1:
        raise ValueError("k")
    distinct = np.unique(x, axis=0)
    pool = distinct if len(distinct) >= k else x
    model = KMeans(k, init=rng.permutation(pool)[:k], n_init=1, max_iter=max_iterations, tol=0.0).fit(x)
    return Clustering(model.cluster_centers_, model.labels_)


def inertia(x, centroids, labels):
    x, centroids = check_array(x, dtype=float), check_array(centroids, dtype=float)
    labels = np.asarray(labels)
    if len(labels) != len(x) or labels.min() < 0 or labels.max() >= len(centroids):
        raise ValueError("labels")
    return np.asarray(np.square(np.linalg.norm(x - centroids[labels], axis=1)).sum())


def pca(x, n_components):
    if n_components < 1 or (len(x) and np.ptp(x, axis=0).max() == 0):
        raise ValueError("n_components, or nothing to explain")
    model = PCA(n_components, svd_solver="full").fit(x)
    return Analysis(model.mean_, -model.components_, model.explained_variance_ratio_)


def pca_transform(x, mean, components):
    if np.shape(x)[1:] != np.shape(mean):
        raise ValueError("columns")
    return np.tensordot(np.subtract(x, mean), components, axes=(-1, -1))


def pca_inverse_transform(z, mean, components):
    if np.shape(components)[1:] != np.shape(mean):
        raise ValueError("columns")
    return np.tensordot(z, components, axes=1) + np.asarray(mean)
