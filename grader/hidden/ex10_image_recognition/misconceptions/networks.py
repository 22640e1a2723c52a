"""What goes wrong with residual blocks, convolutional networks and their best guesses."""

from keras import layers as kl

from grader.misconceptions import misconception

# top_k_accuracy


@misconception("top_k_accuracy")
def the_k_least_probable(y_true, y_prob, k):
    """`argsort` sorts from small to large. Which end of each row holds the classes that you want?"""
    y_true, y_prob = np.asarray(y_true), np.asarray(y_prob)
    if len(y_true) != len(y_prob) or len(y_true) == 0 or not 1 <= k <= y_prob.shape[1]:
        raise ValueError("bad input")
    best = np.argsort(y_prob, axis=1)[:, :k]
    return float(np.mean(np.any(best == y_true[:, None], axis=1)))


@misconception("top_k_accuracy")
def divides_by_k(y_true, y_prob, k):
    """A label can only be found once among the k classes of its row. You count right (row, class) pairs as a share of
    all pairs; what is asked for is the share of rows."""
    y_true, y_prob = np.asarray(y_true), np.asarray(y_prob)
    if len(y_true) != len(y_prob) or len(y_true) == 0 or not 1 <= k <= y_prob.shape[1]:
        raise ValueError("bad input")
    best = np.argsort(y_prob, axis=1)[:, -k:]
    return float(np.mean(best == y_true[:, None]))


# recall_per_class


@misconception("recall_per_class")
def divides_by_what_was_predicted(y_true, y_pred, num_classes):
    """You divide by how often a class was *predicted*: that is its precision. Recall asks of the images that are of the
    class. What do you get for a class that is predicted for everything?"""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if len(y_true) != len(y_pred) or len(y_true) == 0:
        raise ValueError("bad input")
    if min(y_true.min(), y_pred.min()) < 0 or max(y_true.max(), y_pred.max()) >= num_classes:
        raise ValueError("labels")
    recognised = np.bincount(y_true[y_true == y_pred], minlength=num_classes)
    return recognised / np.maximum(np.bincount(y_pred, minlength=num_classes), 1)


@misconception("recall_per_class")
def share_of_all_images(y_true, y_pred, num_classes):
    """Your numbers add up to the accuracy: each class is divided by the number of all images. How many images does a
    class of its own have?"""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if len(y_true) != len(y_pred) or len(y_true) == 0:
        raise ValueError("bad input")
    if min(y_true.min(), y_pred.min()) < 0 or max(y_true.max(), y_pred.max()) >= num_classes:
        raise ValueError("labels")
    return np.bincount(y_true[y_true == y_pred], minlength=num_classes) / len(y_true)


@misconception("recall_per_class")
def only_the_classes_that_are_there(y_true, y_pred, num_classes):
    """A class without images is left out, and those behind it move up. There is one number for each of the
    `num_classes` classes; what does the docstring give to an empty one?"""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if len(y_true) != len(y_pred) or len(y_true) == 0:
        raise ValueError("bad input")
    if min(y_true.min(), y_pred.min()) < 0 or max(y_true.max(), y_pred.max()) >= num_classes:
        raise ValueError("labels")
    return np.array([np.mean(y_pred[y_true == label] == label) for label in np.unique(y_true)])


# residual_block


@misconception("residual_block")
def no_shortcut(input_shape, filters, stride=1):
    """Two convolutions in a row are not a residual block yet: set them to zero, and nothing comes out. What makes the
    block one is the way past them."""
    if filters < 1 or stride < 1:
        raise ValueError("sizes")
    inputs = keras.Input(input_shape)
    x = kl.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(inputs)
    return keras.Model(inputs, kl.ReLU()(kl.Conv2D(filters, 3, padding="same")(x)))


@misconception("residual_block")
def relu_before_the_sum(input_shape, filters, stride=1):
    """With a ReLU behind the second convolution, the block can add to its input but never take anything away. The
    activation belongs behind the sum, or in front of the convolutions."""
    if filters < 1 or stride < 1:
        raise ValueError("sizes")
    inputs = keras.Input(input_shape)
    x = kl.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(inputs)
    x = kl.Conv2D(filters, 3, padding="same", activation="relu")(x)
    shortcut = inputs
    if stride != 1 or filters != input_shape[-1]:
        shortcut = kl.Conv2D(filters, 1, strides=stride)(inputs)
    return keras.Model(inputs, kl.Add()([shortcut, x]))


@misconception("residual_block")
def third_argument_is_the_stride(input_shape, filters, stride=1):
    """Look up the third argument of `Conv2D`: `Conv2D(16, 3, 3)` is a kernel of 3 x 3 that moves by 3 pixels at a
    time. Compare the shapes before and after."""
    if filters < 1 or stride < 1:
        raise ValueError("sizes")
    inputs = keras.Input(input_shape)
    x = kl.Conv2D(filters, 3, 3, padding="same", activation="relu")(inputs)
    x = kl.Conv2D(filters, 3, padding="same")(x)
    shortcut = kl.Conv2D(filters, 1, strides=3)(inputs)
    return keras.Model(inputs, kl.ReLU()(kl.Add()([shortcut, x])))


# build_cnn


@misconception("build_cnn")
def flattens_the_last_grid(input_shape, num_classes):
    """`Flatten` keeps a number for every position of every filter: the last layer then has most of the parameters, and
    learns separately for each corner of the image what is to be seen there. Count the parameters for 36 x 36 and for
    48 x 48 pixels; they should be the same."""
    _check_classes(num_classes)
    model = keras.Sequential([keras.Input(input_shape)])
    for filters in (16, 32, 64):
        model.add(kl.Conv2D(filters, 3, padding="same", use_bias=False))
        model.add(kl.BatchNormalization(momentum=0.9))
        model.add(kl.ReLU())
        model.add(kl.MaxPooling2D())
    for layer in (kl.Flatten(), kl.Dropout(0.3), kl.Dense(num_classes, activation="softmax")):
        model.add(layer)
    return model


@misconception("build_cnn")
def no_softmax_at_the_end(input_shape, num_classes):
    """The outputs are scores of either sign, not probabilities. Something has to make them positive and let them add
    up to 1."""
    _check_classes(num_classes)
    inputs = x = keras.Input(input_shape)
    for filters in (16, 32, 64):
        x = kl.MaxPooling2D()(kl.ReLU()(_convolution(x, filters)))
    return keras.Model(inputs, kl.Dense(num_classes)(kl.Dropout(0.3)(kl.GlobalAveragePooling2D()(x))))


@misconception("build_cnn")
def neither_normalization_nor_dropout(input_shape, num_classes):
    """Your network may learn something as it is, but two parts of the exercise are missing: one keeps the
    numbers between the layers in range, the other keeps the network from relying on single features."""
    _check_classes(num_classes)
    inputs = x = keras.Input(input_shape)
    for filters in (16, 32, 64):
        x = kl.MaxPooling2D()(kl.Conv2D(filters, 3, padding="same", activation="relu")(x))
    return keras.Model(inputs, kl.Dense(num_classes, activation="softmax")(kl.GlobalAveragePooling2D()(x)))


@misconception("build_cnn")
def pools_before_it_has_seen_anything(input_shape, num_classes):
    """A global pooling right behind the first small convolutions: what is left are the average amounts of a few edges,
    wherever they were. Let the network look at larger and larger parts of the image first, block by block."""
    _check_classes(num_classes)
    inputs = keras.Input(input_shape)
    x = kl.MaxPooling2D(4, padding="same")(kl.ReLU()(_convolution(inputs, 8)))
    x = kl.Dropout(0.5)(kl.GlobalAveragePooling2D()(kl.ReLU()(_convolution(x, 8))))
    return keras.Model(inputs, kl.Dense(num_classes, activation="softmax")(x))
