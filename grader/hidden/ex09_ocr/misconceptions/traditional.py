"""What goes wrong with features that people think of."""

from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

from grader.misconceptions import misconception

# prepare


@misconception("prepare")
def forgets_the_channel_axis(images):
    """Convolutions expect a fourth axis: how many numbers there are per pixel. For a colour picture that is 3; what is
    it here?"""
    return _checked(images).astype("float32") / 255


@misconception("prepare")
def every_image_by_its_own_maximum(images):
    """You stretch each image to its own largest value: a pale digit becomes as black as the others, and an empty image
    is a division by 0. Which number is white paper never darker than, in *every* image?"""
    images = _checked(images)
    return (images / images.max(axis=(1, 2), keepdims=True))[..., np.newaxis].astype("float32")


# orientation_histograms


@misconception("orientation_histograms")
def directions_instead_of_orientations(images, cell=7, bins=9):
    """Both sides of a stroke are edges, one from bright to dark and one from dark to bright. You give them different
    bins; *unsigned* orientations are the same after half a turn."""
    return _features(images, cell, bins, lambda gx, gy: (np.arctan2(gy, gx) + np.pi) / 2)


@misconception("orientation_histograms")
def bins_share_a_whole_turn(images, cell=7, bins=9):
    """Your bins share 360 degrees, so that the two sides of a stroke fall into different ones. *Unsigned* orientations
    are the same after half a turn: how many degrees are left to share?"""
    return _features(images, cell, bins, lambda gx, gy: np.arctan2(gy, gx) % (2 * np.pi) / 2)


@misconception("orientation_histograms")
def edges_beyond_half_a_turn_are_lost(images, cell=7, bins=9):
    """An edge at 200 degrees, or at -160, is in none of your bins, which end at 180. Which orientation between 0 and
    180 is the same as these?"""
    return _features(images, cell, bins, lambda gx, gy: np.arctan2(gy, gx) % (2 * np.pi))


@misconception("orientation_histograms")
def minus_sign_is_dropped(images, cell=7, bins=9):
    """Half a turn from -30 degrees is 150 degrees, not 30: the absolute value mirrors the edge. What puts every angle
    into [0, 180) by adding or taking away half turns?"""
    return _features(images, cell, bins, lambda gx, gy: np.abs(np.arctan2(gy, gx)) % np.pi)


@misconception("orientation_histograms")
def rows_and_columns_swapped(images, cell=7, bins=9):
    """Draw a ramp that rises to the right: its gradient points to the right, at 0 degrees. `np.gradient` answers in the
    order of the axes, and the first axis of an image counts its rows."""
    return _features(images, cell, bins, lambda gx, gy: np.arctan2(gx, gy) % np.pi)


@misconception("orientation_histograms")
def counts_pixels(images, cell=7, bins=9):
    """The faintest shade of grey on the paper counts as much as the edge of a stroke. Each pixel should vote with the
    strength of its edge."""
    return _features(images, cell, bins, weight=lambda magnitude: (magnitude > 0).astype(float))


@misconception("orientation_histograms")
def not_divided_by_the_length(images, cell=7, bins=9):
    """Make an image twice as bright and compare: your features double. The last step is missing."""
    return _features(images, cell, bins, norm=None)


@misconception("orientation_histograms")
def empty_image_is_divided_by_0(images, cell=7, bins=9):
    """An image without edges has a length of 0, and 0 / 0 is not a number. Such images need a case of their own."""
    return _features(images, cell, bins, norm=lambda features: np.linalg.norm(features, axis=1, keepdims=True))


@misconception("orientation_histograms")
def gradient_inside_each_cell(images, cell=7, bins=9):
    """You cut first and take the gradients then: an edge between two cells is seen by neither. The gradient belongs to
    the whole image."""
    images = _cut(images, cell, bins)
    n, height, width = images.shape
    cells = images.reshape(n, height // cell, cell, width // cell, cell).swapaxes(2, 3).reshape(-1, cell, cell)
    features = _features(cells, cell, bins, norm=None).reshape(n, -1)
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return features / np.where(length > 0, length, 1)


# recognise_traditionally


@misconception("recognise_traditionally")
def reads_pixels(train_images, train_labels, test_images):
    """Your classifier looks at the pixels, so every change of the paper's brightness upsets it. The features were made
    for exactly that reason: use them."""
    train, labels = _paired(train_images, train_labels)
    return SVC().fit(train.reshape(len(train), -1), labels).predict(np.reshape(test_images, (len(test_images), -1)))


@misconception("recognise_traditionally")
def gaussian_for_every_feature(train_images, train_labels, test_images):
    """Naive Bayes takes the features for independent of each other. Those of neighbouring cells are anything but: with
    1,000 digits it reads three of four. Try another classifier."""
    train, labels = _paired(train_images, train_labels)
    classifier = GaussianNB().fit(orientation_histograms(train), labels)
    return classifier.predict(orientation_histograms(test_images))


@misconception("recognise_traditionally")
def column_instead_of_label(train_images, train_labels, test_images):
    """The columns of `predict_proba` are the labels in increasing order. If there are only 3s and 8s to learn from, the
    columns are still 0 and 1: what does the classifier call them?"""
    train, labels = _paired(train_images, train_labels)
    classifier = SVC(C=10).fit(orientation_histograms(train), labels)
    scores = classifier.decision_function(orientation_histograms(test_images))
    return np.argmax(scores, axis=1)


# What several of them need and do right.


def _checked(images):
    images = np.asarray(images)
    if images.shape[1:] != (28, 28):
        raise ValueError("other shape")
    return images


def _cut(images, cell, bins):
    images = np.asarray(images, dtype=float)
    if images.ndim != 3 or cell < 1 or bins < 1 or images.shape[1] % cell or images.shape[2] % cell:
        raise ValueError("bad input")
    return images


def _unit_length(features):
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return np.where(length > 0, length, 1)


def _features(
    images,
    cell,
    bins,
    angle=lambda gx, gy: np.arctan2(gy, gx) % np.pi,
    weight=lambda magnitude: magnitude,
    norm=_unit_length,
):
    images = _cut(images, cell, bins)
    n, height, width = images.shape
    gy, gx = np.gradient(images, axis=(1, 2))
    votes, bin_of_pixel = weight(np.hypot(gx, gy)), np.floor(angle(gx, gy) / np.pi * bins)
    in_bins = [np.where(bin_of_pixel == b, votes, 0) for b in range(bins)]
    sums = [v.reshape(n, height // cell, cell, width // cell, cell).sum(axis=(2, 4)) for v in in_bins]
    features = np.stack(sums, axis=-1).reshape(n, -1)
    return features if norm is None else features / norm(features)


def _paired(images, labels):
    if len(images) != len(labels) or len(images) == 0:
        raise ValueError("images and labels do not fit")
    return np.asarray(images), np.asarray(labels)
