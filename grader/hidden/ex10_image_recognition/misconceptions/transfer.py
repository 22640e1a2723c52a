"""What goes wrong on top of a trained network."""

from keras import layers as kl

from grader.misconceptions import misconception

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
def metrics_in_third_place(model, layers, learning_rate):
    """Look up the order of the arguments of `compile`: what comes third is not what you think. An argument that has
    a name in the call cannot end up in the wrong place."""
    if layers < 0:
        raise ValueError("negative")
    base = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    for layer in base.layers[len(base.layers) - layers :]:
        layer.trainable = not isinstance(layer, kl.BatchNormalization)
    model.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", ["accuracy"])
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


# nearest_images


@misconception("nearest_images")
def lengths_count(features, queries, k):
    """You multiply the features and forget to divide by the lengths: a bright image with large features is then near to
    everything. Try a known image and the same one, ten times as strong."""
    features, queries = np.asarray(features, dtype=float), np.asarray(queries, dtype=float)
    if features.ndim != 2 or queries.ndim != 2 or features.shape[1] != queries.shape[1]:
        raise ValueError("features")
    if not 1 <= k <= len(features):
        raise ValueError("k")
    return np.argsort(-queries @ features.T, axis=1)[:, :k]


@misconception("nearest_images")
def distance_between_the_ends(features, queries, k):
    """You measure how far apart the ends of the two vectors are. Two vectors that point the same way are far apart when
    one is short and one is long; which measure looks at their angle only?"""
    features, queries = np.asarray(features, dtype=float), np.asarray(queries, dtype=float)
    if features.ndim != 2 or queries.ndim != 2 or features.shape[1] != queries.shape[1]:
        raise ValueError("features")
    if not 1 <= k <= len(features):
        raise ValueError("k")
    distances = np.linalg.norm(queries[:, None] - features[None], axis=-1)
    return np.argsort(distances, axis=1)[:, :k]


@misconception("nearest_images")
def the_least_similar_first(features, queries, k):
    """`argsort` sorts from small to large, and a large cosine means alike: what do you name first?"""
    features, queries = np.asarray(features, dtype=float), np.asarray(queries, dtype=float)
    if features.ndim != 2 or queries.ndim != 2 or features.shape[1] != queries.shape[1]:
        raise ValueError("features")
    if not 1 <= k <= len(features):
        raise ValueError("k")
    similarities = _directions(queries) @ _directions(features).T
    return np.argsort(similarities, axis=1)[:, :k]


@misconception("nearest_images")
def zeros_divide_by_zero(features, queries, k):
    """A vector of zeros has the length 0, and 0 / 0 is not a number, which ends up anywhere in the order. The docstring
    says how similar such a vector is."""
    features, queries = np.asarray(features, dtype=float), np.asarray(queries, dtype=float)
    if features.ndim != 2 or queries.ndim != 2 or features.shape[1] != queries.shape[1]:
        raise ValueError("features")
    if not 1 <= k <= len(features):
        raise ValueError("k")
    lengths = np.linalg.norm(features, axis=1) * np.linalg.norm(queries, axis=1)[:, None]
    return np.argsort(-(queries @ features.T) / lengths, axis=1)[:, :k]
