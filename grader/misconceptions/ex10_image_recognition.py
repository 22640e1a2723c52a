"""What goes wrong in ex10, as students write it."""

from keras import layers as kl

from grader.misconceptions import misconception

# channel_statistics


@misconception("channel_statistics")
def statistics_of_every_pixel(images):
    """Look at the shape of what you return: the mean over the images alone is a picture, one number per pixel and
    channel. Over which axes do you have to go to be left with one number per channel?"""
    images = _checked(images).astype(np.float64)
    return images.mean(axis=0), images.std(axis=0)


@misconception("channel_statistics")
def mean_of_the_deviations_of_each_image(images):
    """You take the deviation within each image and average those. A black image and a white one have no deviation in
    themselves, and yet their pixels differ a lot: all pixels of all images are one collection of numbers."""
    images = _checked(images).astype(np.float64)
    return images.mean(axis=(0, 1, 2)), images.std(axis=(1, 2)).mean(axis=0)


# normalize


@misconception("normalize")
def measures_the_images_again(images, mean, std):
    """Mean and deviation are given, and you compute others. If test images are measured by themselves, the same colour
    means one number in training and another one in use."""
    images = _checked(images)
    if np.shape(mean) != images.shape[-1:] or np.shape(std) != images.shape[-1:]:
        raise ValueError("one number for each channel")
    own = images.std(axis=(0, 1, 2))
    return (images - images.mean(axis=(0, 1, 2))) / np.where(own == 0, 1, own)


@misconception("normalize")
def constant_channel_divides_by_zero(images, mean, std):
    """Try images with a channel that is the same everywhere: its deviation is 0, and 0 / 0 is no number. One such
    channel, and the loss of the whole network is NaN."""
    images, mean, std = _checked(images), np.asarray(mean), np.asarray(std)
    if mean.shape != images.shape[-1:] or std.shape != images.shape[-1:]:
        raise ValueError("one number for each channel")
    return (images - mean) / std


# random_flip


@misconception("random_flip")
def upside_down(images, probability, rng):
    """Draw one image before and after: it stands on its head. Axis 0 counts images; which of the next two runs from
    left to right?"""
    images = _checked(images)
    if not 0 <= probability <= 1:
        raise ValueError("no probability")
    mirrored = rng.random(len(images)) < probability
    return np.where(mirrored[:, None, None, None], images[:, ::-1], images)


@misconception("random_flip")
def one_decision_for_all_images(images, probability, rng):
    """You ask chance once, and then all images are mirrored or none. Each image needs a decision of its own."""
    images = _checked(images)
    if not 0 <= probability <= 1:
        raise ValueError("no probability")
    return images[:, :, ::-1] if rng.random() < probability else images


# random_crop


@misconception("random_crop")
def last_offset_is_never_drawn(images, padding, rng):
    """The upper end of `rng.integers` is not included. Count the pieces for a border of 1: the larger image has two
    rows more, so there are three rows where a piece can begin. How many do you draw from?"""
    images = _checked(images)
    if padding < 0:
        raise ValueError("negative")
    count, height, width, _ = images.shape
    larger = np.pad(images, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    begins = rng.integers(0, max(2 * padding, 1), size=(count, 2))
    return np.stack([image[i : i + height, j : j + width] for image, (i, j) in zip(larger, begins, strict=True)])


@misconception("random_crop")
def what_leaves_comes_back_on_the_other_side(images, padding, rng):
    """`np.roll` moves an image in a circle: what leaves on the right comes back on the left. The exercise puts zeros
    around the image, and what leaves it is gone."""
    images = _checked(images)
    if padding < 0:
        raise ValueError("negative")
    moves = rng.integers(-padding, padding + 1, size=(len(images), 2))
    return np.stack([np.roll(image, tuple(move), axis=(0, 1)) for image, move in zip(images, moves, strict=True)])


@misconception("random_crop")
def rows_and_columns_by_the_same_number(images, padding, rng):
    """You draw one number and use it for the row and for the column, so the image moves along its diagonal only. There
    are (2p + 1)^2 pieces, and you reach 2p + 1 of them."""
    images = _checked(images)
    if padding < 0:
        raise ValueError("negative")
    count, height, width, _ = images.shape
    larger = np.pad(images, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    begins = rng.integers(0, 2 * padding + 1, size=count)
    return np.stack([image[i : i + height, i : i + width] for image, i in zip(larger, begins, strict=True)])


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
    learns for each corner of the image anew what is to be seen there. Count the parameters for 36 x 36 and for 48 x 48
    pixels; they should be the same."""
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


# build_transfer_model


@misconception("build_transfer_model")
def base_is_awake(base, num_classes):
    """Count the trainable parameters of your model: they are those of the base as well. The large gradients of a new,
    random head destroy in a few steps what the base has learned from a million images."""
    _check_classes(num_classes)
    base.trainable = True
    inputs = keras.Input(base.input_shape[1:])
    x = kl.GlobalAveragePooling2D()(base(inputs))
    return keras.Model(inputs, kl.Dense(num_classes, activation="softmax")(x))


@misconception("build_transfer_model")
def same_layers_with_new_weights(base, num_classes):
    """`clone_model` copies the layers, and draws new weights for them: your base has never seen an image. Compare one
    of its kernels with that of the base that came in."""
    _check_classes(num_classes)
    copy = keras.models.clone_model(base)
    copy.trainable = False
    inputs = keras.Input(base.input_shape[1:])
    x = kl.GlobalAveragePooling2D()(copy(inputs))
    return keras.Model(inputs, kl.Dense(num_classes, activation="softmax")(x))


@misconception("build_transfer_model")
def scales_what_is_already_prepared(base, num_classes):
    """Images from 0 to 1 are a good habit, but not one of this base: it was trained on numbers of another range, and
    what comes in has been prepared for it already. Squeezed into a small range, all images look the same to it."""
    _check_classes(num_classes)
    base.trainable = False
    inputs = keras.Input(base.input_shape[1:])
    x = kl.GlobalAveragePooling2D()(base(kl.Rescaling(1 / 255)(inputs)))
    return keras.Model(inputs, kl.Dense(num_classes, activation="softmax")(x))


# unfreeze


@misconception("unfreeze")
def zero_layers_are_all_layers(model, layers, learning_rate):
    """What is `base.layers[-0:]`? There is no minus zero: the slice begins at the front, and the whole base wakes."""
    if layers < 0:
        raise ValueError("negative")
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    for layer in base.layers[-layers:]:
        layer.trainable = not isinstance(layer, kl.BatchNormalization)
    model.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@misconception("unfreeze")
def wakes_the_normalization_too(model, layers, learning_rate):
    """Batch normalization that is awake replaces what it knows of a million images by mean and variance of your few.
    Wake the layers around it, and let it sleep."""
    if layers < 0:
        raise ValueError("negative")
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    for layer in base.layers[len(base.layers) - layers :]:
        layer.trainable = True
    model.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@misconception("unfreeze")
def counts_layers_with_weights_only(model, layers, learning_rate):
    """The exercise counts every layer: an activation is a layer, too. Yours wakes more of the base than was asked
    for, since it skips those without weights when it counts."""
    if layers < 0:
        raise ValueError("negative")
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    with_weights = [layer for layer in base.layers if layer.weights]
    for layer in with_weights[len(with_weights) - layers if layers < len(with_weights) else 0 :]:
        layer.trainable = not isinstance(layer, kl.BatchNormalization)
    model.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@misconception("unfreeze")
def not_compiled_anew(model, layers, learning_rate):
    """Keras notes at `compile` which weights it trains and how fast. What you wake afterwards sleeps on until the model
    is compiled again, and the small learning rate is not used anywhere."""
    if layers < 0:
        raise ValueError("negative")
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    for layer in base.layers[len(base.layers) - layers :]:
        layer.trainable = not isinstance(layer, kl.BatchNormalization)
    return model
