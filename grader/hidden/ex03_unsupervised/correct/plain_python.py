"""Loops over Python numbers; principal components by power iteration and deflation. Lists and tuples come back."""

import math


def _rows(x):
    rows = [[float(value) for value in row] for row in x]
    if not rows:
        raise ValueError("no samples")
    return rows


def _squared(a, b):
    return math.fsum((p - q) ** 2 for p, q in zip(a, b, strict=True))  # strict: ValueError when the columns differ


def _check_labels(x, labels, k):
    labels = [int(label) for label in labels]
    if len(labels) != len(x) or any(not 0 <= label < k for label in labels):
        raise ValueError("labels do not fit")
    return labels


def assign_clusters(x, centroids):
    rows, centroids = _rows(x), [list(map(float, centroid)) for centroid in centroids]
    if not centroids:
        raise ValueError("no centroids")
    return [min(range(len(centroids)), key=lambda j: math.sqrt(_squared(row, centroids[j]))) for row in rows]


def update_centroids(x, labels, centroids):
    rows = _rows(x)
    labels = _check_labels(rows, labels, len(centroids))
    updated = []
    for j, old in enumerate(centroids):
        members = [row for row, label in zip(rows, labels, strict=True) if label == j]
        columns = zip(*members, strict=True) if members else ([value] for value in old)
        updated.append(tuple(math.fsum(map(float, column)) / max(len(members), 1) for column in columns))
    return updated


def kmeans(x, k, rng, max_iterations=100):
    rows = _rows(x)
    if k < 1 or k > len(rows):
        raise ValueError("k")
    by_chance = sorted(range(len(rows)), key=lambda _: rng.random())
    centroids, labels, changed = [rows[i] for i in by_chance[:k]], None, True
    while changed and max_iterations > 0:
        now = assign_clusters(rows, centroids)
        changed, labels = now != labels, now
        if changed:
            centroids = update_centroids(rows, labels, centroids)
        max_iterations -= 1
    return [centroids, labels]


def inertia(x, centroids, labels):
    rows = _rows(x)
    return sum(
        _squared(row, centroids[j]) for row, j in zip(rows, _check_labels(rows, labels, len(centroids)), strict=True)
    )


def _times(matrix, vector):
    return [math.fsum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def _unit(vector):
    length = math.sqrt(math.fsum(value * value for value in vector))
    return [value / length for value in vector]


def pca(x, n_components):
    rows = _rows(x)
    n, d = len(rows), len(rows[0])
    if not 0 < n_components <= min(n, d):
        raise ValueError("n_components")
    if rows.count(rows[0]) == n:
        raise ValueError("no variance")
    mean = [math.fsum(column) / n for column in zip(*rows, strict=True)]
    centred = [[value - m for value, m in zip(row, mean, strict=True)] for row in rows]
    columns = list(zip(*centred, strict=True))
    covariance = [[math.fsum(a * b for a, b in zip(p, q, strict=True)) / (n - 1) for q in columns] for p in columns]
    total = math.fsum(covariance[i][i] for i in range(d))
    components, ratios = [], []
    for j in range(n_components):
        vector = _unit([1.0 + 0.1 * ((i * (j + 3)) % 7) for i in range(d)])
        for _ in range(5000):
            previous = vector
            for found in components:  # stay at right angles to those that are known
                along = math.fsum(a * b for a, b in zip(found, vector, strict=True))
                vector = [a - along * b for a, b in zip(vector, found, strict=True)]
            vector = _unit(_times(covariance, vector))
            if _squared(vector, previous) < 1e-28:
                break
        components.append(vector)
        ratios.append(math.fsum(a * b for a, b in zip(vector, _times(covariance, vector), strict=True)) / total)
    return tuple(mean), components, ratios


def pca_transform(x, mean, components):
    steps = ([float(value) - m for value, m in zip(row, mean, strict=True)] for row in x)
    return [tuple(_times(components, step)) for step in steps]


def pca_inverse_transform(z, mean, components):
    columns = list(zip(*components, strict=True))
    return [[m + step for m, step in zip(mean, _times(columns, row), strict=True)] for row in z]
