"""What goes wrong in ex09, as students write it."""

from keras import layers
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
    """An image without edges has a length of 0, and 0 / 0 is no number. Such images need a case of their own."""
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


# build_mlp


@misconception("build_mlp")
def hidden_layer_without_activation():
    """Two linear layers in a row are one linear layer. `Dense` has no activation unless you name one."""
    return _network([layers.Flatten(), layers.Dense(128), layers.Dense(10, activation="softmax")])


@misconception("build_mlp")
def ten_separate_questions():
    """Add up the ten outputs of an image: a sigmoid asks of each digit by itself whether it is there. An image shows
    exactly one of them; which activation knows that?"""
    return _network([layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dense(10, activation="sigmoid")])


# build_cnn


@misconception("build_cnn")
def no_convolution_in_it():
    """You have built a fine perceptron, but where is the convolution? A layer that knows which pixels are
    neighbours is missing."""
    hidden = [layers.Dense(units, activation="relu") for units in (160, 100)]
    return _network([layers.Flatten(), *hidden, layers.Dense(10, activation="softmax")])


@misconception("build_cnn")
def flattened_too_early():
    """Look at `model.summary()`: nearly all parameters are in the one layer after `Flatten`, because the maps are still
    almost as large as the image. Make them smaller first."""
    return _network(
        [
            layers.Conv2D(8, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


@misconception("build_cnn")
def input_is_left_open():
    """Your model does not say how large the images are, so it has no weights before it sees some: nothing can be
    counted, and nothing saved. An `Input` in front settles it."""
    return keras.Sequential([*_convolutions(), layers.Flatten(), layers.Dense(10, activation="softmax")])


@misconception("build_cnn")
def scores_instead_of_probabilities():
    """The last layer gives scores of any sign and size. The docstring asks for probabilities: what turns the ones into
    the others?"""
    return _network([*_convolutions(), layers.Flatten(), layers.Dense(10)])


# shift


@misconception("shift")
def leaves_on_one_side_and_comes_back_on_the_other(images, dx, dy):
    """`np.roll` brings back on the left what has left on the right. Paper comes in there, so it has to be 0."""
    _at_least_3d(images)
    return np.roll(images, (dy, dx), axis=(1, 2))


@misconception("shift")
def only_to_the_right_and_down(images, dx, dy):
    """Try a negative shift: a slice that starts at a negative index starts from the other end. Both signs need their
    own slices."""
    images = _at_least_3d(images)
    shifted = np.zeros_like(images)
    if dx >= 0 and dy >= 0:
        shifted[:, dy:, dx:] = images[:, : images.shape[1] - dy, : images.shape[2] - dx]
    return shifted


# augment


@misconception("augment")
def one_shift_for_all(images, max_shift, rng):
    """You draw once and move all images by it: the network then sees a set of digits that all stand in the same wrong
    place. Draw for each image."""
    _not_negative(max_shift)
    dx, dy = rng.integers(-max_shift, max_shift + 1, size=2)
    return shift(images, dx, dy)


@misconception("augment")
def largest_shift_never_happens(images, max_shift, rng):
    """`rng.integers(low, high)` never draws `high` itself. Count how often each shift comes up."""
    _not_negative(max_shift)
    pairs = rng.integers(-max_shift, max(max_shift, 1 - max_shift), size=(len(images), 2))
    return np.concatenate([shift(image[np.newaxis], dx, dy) for image, (dx, dy) in zip(images, pairs, strict=True)])


# feature_maps


@misconception("feature_maps")
def every_layer_in_a_row(model, images, layer_name):
    """You send the images through the layers in the order of the list. In a model with branches the list is not a
    chain: how does Keras itself get from the inputs to a layer's output?"""
    model.get_layer(layer_name)
    for layer in model.layers:
        images = images if isinstance(layer, layers.InputLayer) else layer(images)
        if layer.name == layer_name:
            return keras.ops.convert_to_numpy(images)


@misconception("feature_maps")
def dropout_stays_on(model, images, layer_name):
    """Call it twice and compare: units fall out at random, as in training. Here the model is used."""
    part = keras.Model(model.inputs, model.get_layer(layer_name).output)
    return keras.ops.convert_to_numpy(part(np.asarray(images), training=True))


# capstone: networks that keep the contract of build_cnn and do not learn.


@misconception("capstone")
class FiltersAreFrozen:
    """Layers with `trainable = False` keep the random weights that they were born with. That is for layers which
    somebody has trained before; yours still have everything to learn."""

    global build_cnn

    def build_cnn():
        frozen = _convolutions()
        for layer in frozen:
            layer.trainable = False
        return _network([*frozen, layers.GlobalMaxPooling2D(), layers.Dense(10, activation="softmax")])


@misconception("capstone")
class NothingIsLeftOfWhere:
    """Right after the first convolution you average over the whole image: what is left is how much of each edge there
    is, but not where. A 6 and a 9 have the same edges. Look for larger features before you let go of the place."""

    global build_cnn

    def build_cnn():
        first = layers.Conv2D(16, 3, activation="relu")
        return _network([first, layers.GlobalAveragePooling2D(), layers.Dense(10, activation="softmax")])


@misconception("capstone")
class ReluBeforeTheSoftmax:
    """The scores of a softmax may be negative, and have to be: a ReLU in between makes all small ones equal, and once a
    score is 0 there is no slope to bring it back."""

    global build_cnn

    def build_cnn():
        return _network([*_convolutions(), layers.Flatten(), layers.Dense(10, activation="relu"), layers.Softmax()])


@misconception("capstone")
class SigmoidsAllTheWay:
    """The slope of a sigmoid is at most 1/4, and the error signal is multiplied by one per layer: the first ones hardly
    learn. Which activation do the slides give to hidden layers?"""

    global build_cnn

    def build_cnn():
        hidden = [layers.Dense(units, activation="sigmoid") for units in (120, 84)]
        return _network(
            [
                layers.Conv2D(6, 5, padding="same", activation="sigmoid"),
                layers.AveragePooling2D(2),
                layers.Conv2D(16, 5, activation="sigmoid"),
                layers.AveragePooling2D(2),
                layers.Flatten(),
                *hidden,
                layers.Dense(10, activation="softmax"),
            ]
        )


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


def _network(parts):
    return keras.Sequential([layers.Input((28, 28, 1)), *parts])


def _convolutions():
    return [
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
    ]


def _at_least_3d(images):
    images = np.asarray(images)
    if images.ndim < 3:
        raise ValueError("a single image")
    return images


def _shifted(images, dx, dy):
    images = _at_least_3d(images)
    moved = np.zeros_like(images)
    for y, x in np.ndindex(images.shape[1:3]):
        if 0 <= y - dy < images.shape[1] and 0 <= x - dx < images.shape[2]:
            moved[:, y, x] = images[:, y - dy, x - dx]
    return moved


def _not_negative(max_shift):
    if max_shift < 0:
        raise ValueError("a negative shift")
