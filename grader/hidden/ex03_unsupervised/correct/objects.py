"""A class for the clusters, an eigendecomposition for the components, expanded squares for the distances."""

import itertools
from dataclasses import dataclass

import numpy as np


@dataclass
class Clusters:
    x: np.ndarray
    centroids: np.ndarray

    def __post_init__(self):
        self.x, self.centroids = np.array(self.x, dtype=float), np.array(self.centroids, dtype=float)
        if not self.x.size or not self.centroids.size:
            raise ValueError("nothing to do")
        if self.x.shape[1] != self.centroids.shape[1]:
            raise ValueError("different dimensions")

    def nearest(self):
        # ||x||^2 is the same for all centroids.
        score = self.x @ self.centroids.T - 0.5 * np.einsum("kd,kd->k", self.centroids, self.centroids)
        return score.argmax(axis=1)

    def checked(self, labels):
        labels = np.asarray(labels, dtype=int)
        if labels.shape != (len(self.x),) or np.setdiff1d(labels, range(len(self.centroids))).size:
            raise ValueError(f"bad labels {labels}")
        return labels

    def centred(self, labels):
        labels, moved = self.checked(labels), self.centroids.copy()
        order = np.argsort(labels, kind="stable")
        for j, group in itertools.groupby(order, key=lambda i: labels[i]):
            moved[j] = np.mean([self.x[i] for i in group], axis=0)
        return moved


def assign_clusters(x, centroids):
    return Clusters(x, centroids).nearest()


def update_centroids(x, labels, centroids):
    return Clusters(x, centroids).centred(labels)


def kmeans(x, k, rng, max_iterations=100):
    x = np.asarray(x, dtype=float)
    if not 0 < k <= len(x):
        raise ValueError("k is out of range")
    indices = np.arange(len(x))
    rng.shuffle(indices)
    state = Clusters(x, x[indices[:k]])
    labels = state.nearest()
    for _ in range(max_iterations):
        state.centroids = state.centred(labels)
        if (state.nearest() == labels).all():
            break
        labels = state.nearest()
    return state.centroids, tuple(labels.tolist())


def inertia(x, centroids, labels):
    clusters = Clusters(x, centroids)
    steps = clusters.x - clusters.centroids[clusters.checked(labels)]
    return np.vdot(steps, steps)


def pca(x, n_components):
    x = np.asarray(x, dtype=float)
    if len(x) == 0 or n_components not in range(1, min(x.shape) + 1) or len(np.unique(x, axis=0)) == 1:
        raise ValueError("cannot analyse that")
    values, vectors = np.linalg.eigh(np.cov(x, rowvar=False, bias=True).reshape(x.shape[1], -1))
    largest = np.argsort(values)[::-1][:n_components]
    return [np.average(x, axis=0), vectors.T[largest], (values / np.trace(np.cov(x.T, bias=True)))[largest]]


def pca_transform(x, mean, components):
    if {len(row) for row in x} - {len(mean)}:
        raise ValueError("columns")
    return np.array([np.dot(components, np.subtract(row, mean)) for row in x])


def pca_inverse_transform(z, mean, components):
    if (np.shape(z)[1], len(mean)) != np.shape(components):
        raise ValueError("coordinates and components")
    return [
        sum((weight * np.asarray(v) for weight, v in zip(row, components, strict=True)), np.asarray(mean)) for row in z
    ]
