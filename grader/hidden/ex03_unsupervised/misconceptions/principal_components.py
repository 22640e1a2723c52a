"""What goes wrong with principal components: data off the centre, axes, the way back."""

import numpy as np

from grader.misconceptions import misconception


@misconception("pca")
def does_not_centre(x, n_components):
    """Without the mean taken off, the first component points from the origin to the data instead of along them."""
    mean, _, _ = _pca(x, n_components)
    _, s, v = np.linalg.svd(np.asarray(x, dtype=float), full_matrices=False)
    return mean, v[:n_components], (s**2 / np.sum(s**2))[:n_components]


@misconception("pca")
def starts_with_the_smallest(x, n_components):
    """numpy.linalg.eigh sorts its eigenvalues upwards: the first one is the direction with the least variance."""
    _pca(x, n_components)
    mean, components, ratio = _pca(x, min(np.shape(x)))
    # Where a direction has no variance at all, its sign is rounding: the processor's choice.
    components = np.where(components[:, -1:] < 0, -components, components)
    return mean, components[::-1][:n_components], ratio[::-1][:n_components]


@misconception("pca")
def returns_the_components_in_columns(x, n_components):
    """Eigenvectors come as columns; here each component is a row, as long as a sample."""
    mean, components, ratio = _pca(x, n_components)
    return mean, components.T, ratio


@misconception("pca")
def shares_out_what_it_has_kept(x, n_components):
    """The ratios always add up to 1: the variance that was left out is missing from the total."""
    mean, components, ratio = _pca(x, n_components)
    return mean, components, ratio / np.sum(ratio)


@misconception("pca")
def shares_out_the_deviations(x, n_components):
    """Singular values grow like standard deviations; a share of the *variance* needs their squares."""
    mean, components, _ = _pca(x, n_components)
    x = np.asarray(x, dtype=float)
    s = np.linalg.svd(x - x.mean(axis=0), compute_uv=False)
    return mean, components, s[:n_components] / s.sum()


@misconception("pca")
def standardizes_the_columns(x, n_components):
    """Dividing by the standard deviations is another analysis (of correlations): here the columns are centred and no
    more.
    """
    mean, _, _ = _pca(x, n_components)
    x = np.asarray(x, dtype=float)
    return mean, *_pca((x - mean) / x.std(axis=0), n_components)[1:]


@misconception("pca_transform")
def projects_without_centring(x, mean, components):
    """Coordinates are counted from the mean: the mean itself has the coordinates 0."""
    pca_transform_right(x, mean, components)
    return np.asarray(x, dtype=float) @ np.asarray(components).T


@misconception("pca_inverse_transform")
def does_not_go_back_to_the_mean(z, mean, components):
    """The coordinates are counted from the mean, and without it every sample comes out around the origin."""
    return pca_inverse_right(z, mean, components) - np.asarray(mean)


def _pca(x, n_components):
    x = _samples(x)
    if not 1 <= n_components <= min(x.shape):
        raise ValueError("impossible number of components")
    _, s, v = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    return x.mean(axis=0), v[:n_components], (s**2 / np.sum(s**2))[:n_components]


def pca_transform_right(x, mean, components):
    if np.shape(x)[1] != len(mean):
        raise ValueError("columns differ")
    return (np.asarray(x, dtype=float) - mean) @ np.asarray(components).T


def pca_inverse_right(z, mean, components):
    if np.shape(z)[1] != len(components):
        raise ValueError("coordinates do not fit")
    return np.asarray(z, dtype=float) @ np.asarray(components) + mean
