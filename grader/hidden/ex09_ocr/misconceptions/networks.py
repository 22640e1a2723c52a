"""What goes wrong with networks that read digits, and with a look inside them."""

from keras import layers

from grader.misconceptions import misconception

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


@misconception("feature_maps")
def scores_of_the_whole_network(model, images, layer_name):
    """You give back what comes out at the end, whatever layer is asked for. How does one make a model that stops half
    way?"""
    model.get_layer(layer_name)
    return model.predict(np.asarray(images), verbose=0)


# occlusion_map


@misconception("occlusion_map")
def what_is_covered_stays_covered(model, image, label, size):
    """In the lower right corner nearly nothing of your image is left: the squares pile up. What should the image look
    like before the next place is covered?"""
    images, shape = _covered(image, size)
    return _lost(model, image, label, np.minimum.accumulate(np.abs(images)) * np.sign(images)).reshape(shape)


@misconception("occlusion_map")
def what_is_left_of_the_probability(model, image, label, size):
    """Where nothing changes, your map has large numbers, and it is dark where the network looks. What is the
    probability to be compared with?"""
    images, shape = _covered(image, size)
    return model.predict(images, verbose=0)[:, label].reshape(shape)


@misconception("occlusion_map")
def the_difference_the_other_way_round(model, image, label, size):
    """Cover what the network needs, and the probability falls. Is this place positive or negative in your map, and what
    does the docstring want?"""
    images, shape = _covered(image, size)
    return -_lost(model, image, label, images).reshape(shape)


@misconception("occlusion_map")
def squares_side_by_side(model, image, label, size):
    """Your square jumps by its own size. In how many places of a row of 28 pixels does a square of 5 lie wholly inside?
    Each of them has a number."""
    images, (rows, columns) = _covered(image, size)
    return _lost(model, image, label, images).reshape(rows, columns)[::size, ::size]


def _covered(image, size):
    image = np.asarray(image)
    if image.ndim != 3 or not 1 <= size <= min(image.shape[:2]):
        raise ValueError("axes or size")
    rows, columns = image.shape[0] - size + 1, image.shape[1] - size + 1
    images = np.repeat(image[np.newaxis], rows * columns, axis=0)
    for covered, (y, x) in zip(images, np.ndindex(rows, columns), strict=True):
        covered[y : y + size, x : x + size] = 0
    return images, (rows, columns)


def _lost(model, image, label, images):
    return (
        model.predict(np.asarray(image)[np.newaxis], verbose=0)[0, label] - model.predict(images, verbose=0)[:, label]
    )


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


def _network(parts):
    return keras.Sequential([layers.Input((28, 28, 1)), *parts])


def _convolutions():
    return [
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
    ]
