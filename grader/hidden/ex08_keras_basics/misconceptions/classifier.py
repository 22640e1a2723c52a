"""What goes wrong when a classifier is built, compiled, judged and asked."""

from keras import layers

from grader.misconceptions import misconception

# build_classifier


@misconception("build_classifier")
def sigmoid_instead_of_softmax(input_dim, num_classes):
    """Look at the outputs of one sample and add them up: a sigmoid judges each class on its own, while the
    classes here exclude each other. Which activation makes one distribution out of all outputs together?"""
    _check_sizes(input_dim, num_classes)
    return keras.Sequential(
        [
            layers.Input((input_dim,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(num_classes, activation="sigmoid"),
        ]
    )


@misconception("build_classifier")
def raw_scores_as_outputs(input_dim, num_classes):
    """The last layer gives scores, positive and negative ones. The slide's model ends in probabilities:
    something has to turn the scores into numbers between 0 and 1 that add up to 1."""
    _check_sizes(input_dim, num_classes)
    return keras.Sequential(
        [layers.Input((input_dim,)), layers.Dense(64, activation="relu"), layers.Dense(num_classes)]
    )


@misconception("build_classifier")
def hidden_layer_without_activation(input_dim, num_classes):
    """Two linear layers in a row are one linear layer: without an activation the 64 hidden units add
    nothing that a single layer could not do. `Dense` has no activation unless you name one."""
    _check_sizes(input_dim, num_classes)
    return keras.Sequential(
        [layers.Input((input_dim,)), layers.Dense(64), layers.Dense(num_classes, activation="softmax")]
    )


@misconception("build_classifier")
def one_output_for_two_classes(input_dim, num_classes):
    """For two classes you give the probability of one of them. That can be made to work, but the loss for
    integer labels and everything after it expects one output per class, for two classes too."""
    _check_sizes(input_dim, num_classes)
    last = (
        layers.Dense(1, activation="sigmoid") if num_classes == 2 else layers.Dense(num_classes, activation="softmax")
    )
    return keras.Sequential([layers.Input((input_dim,)), layers.Dense(64, activation="relu"), last])


@misconception("build_classifier")
def never_says_how_many_inputs(input_dim, num_classes):
    """Try `model.summary()`: the layers are there, but without parameters. Nothing in your model uses
    `input_dim`, so Keras cannot make weights before data come along."""
    _check_sizes(input_dim, num_classes)
    return keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(num_classes, activation="softmax")])


@misconception("build_classifier")
def all_weights_start_at_zero(input_dim, num_classes):
    """If all weights start equal, all hidden units compute the same, get the same gradient and stay the
    same for ever: 64 units are then worth no more than one. Let Keras draw the weights."""
    _check_sizes(input_dim, num_classes)
    return keras.Sequential(
        [
            layers.Input((input_dim,)),
            layers.Dense(64, activation="relu", kernel_initializer="zeros"),
            layers.Dense(num_classes, activation="softmax", kernel_initializer="zeros"),
        ]
    )


@misconception("build_classifier")
def any_size_is_accepted(input_dim, num_classes):
    """A softmax over a single output is always 1: such a network can never be wrong and never learns. Sizes
    that make no sense should be refused where they are given."""
    return keras.Sequential(
        [
            layers.Input((input_dim,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )


# compile_classifier


@misconception("compile_classifier")
def loss_for_one_hot_labels(model, learning_rate=1e-3):
    """Keras has two losses for several classes: one takes one-hot rows, the other integers. Look at the
    shape of y in this exercise, and at which of the two you named."""
    model.compile(keras.optimizers.Adam(learning_rate), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


@misconception("compile_classifier")
def loss_for_two_classes(model, learning_rate=1e-3):
    """The binary cross-entropy treats every output as a yes-or-no question of its own. With one label among
    several classes, another member of the family is needed."""
    model.compile(keras.optimizers.Adam(learning_rate), loss="binary_crossentropy", metrics=["accuracy"])
    return model


@misconception("compile_classifier")
def softmax_in_the_model_and_in_the_loss(model, learning_rate=1e-3):
    """`from_logits=True` tells the loss that it gets raw scores and has to apply the softmax itself. Your
    model has done that already; applied twice, the probabilities become almost equal and the loss never
    gets small."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss=loss, metrics=["accuracy"])
    return model


@misconception("compile_classifier")
def learning_rate_is_not_used(model, learning_rate=1e-3):
    """`optimizer="adam"` is Adam with Keras' own learning rate, whatever the argument `learning_rate` says.
    An optimizer *object* can be told its rate."""
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@misconception("compile_classifier")
def another_optimizer(model, learning_rate=1e-3):
    """Plain gradient descent uses the same step for all weights. The exercise asks for the optimizer that
    adapts it for each weight and has momentum; its name is in the docstring."""
    model.compile(keras.optimizers.SGD(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@misconception("compile_classifier")
def metrics_in_third_place(model, learning_rate=1e-3):
    """The third positional argument of `compile` is not what you think (look up its signature: it is the
    weights of the losses). Name your arguments."""
    model.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", ["accuracy"])
    return model


@misconception("compile_classifier")
def accuracy_has_a_short_name(model, learning_rate=1e-3):
    """What Keras reports has the name that you gave it. Evaluate your model with `return_dict=True` and compare
    the keys with what the docstring says."""
    model.compile(keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["acc"])
    return model


@misconception("compile_classifier")
def accuracy_has_a_long_name(model, learning_rate=1e-3):
    """It is the right number, but Keras reports it under the name that you gave it, and whoever looks for
    `accuracy` does not find it. Keras knows what to compute when you say just that."""
    metrics = ["sparse_categorical_accuracy"]
    model.compile(keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=metrics)
    return model


@misconception("compile_classifier")
def accuracy_is_not_reported(model, learning_rate=1e-3):
    """Keras reports the loss, and nothing else unless it is asked to. What else does the exercise want to
    see?"""
    model.compile(keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy")
    return model


@misconception("compile_classifier")
def accuracy_of_each_output(model, learning_rate=1e-3):
    """The binary accuracy compares every single output with the label as if it were a yes or a no. For one
    label among several classes, it is the largest output that has to be the right one."""
    model.compile(
        keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=[keras.metrics.BinaryAccuracy()],
    )
    return model


@misconception("compile_classifier")
def returns_what_compile_returns(model, learning_rate=1e-3):
    """`model.compile(...)` changes the model and returns nothing; so does your function then. What should
    it return?"""
    return model.compile(
        keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )


# evaluate_classifier


@misconception("evaluate_classifier")
def returns_the_list_of_evaluate(model, x, y):
    """`evaluate` gives a bare list of numbers unless it is asked for a dict; the exercise wants the names
    with them."""
    x, y = _same_length(x, y)
    return model.evaluate(x, y, verbose=0)


@misconception("evaluate_classifier")
def loss_and_accuracy_swapped(model, x, y):
    """Check the order: in the list that `evaluate` returns, the loss comes first and the metrics follow."""
    x, y = _same_length(x, y)
    accuracy, loss = model.evaluate(x, y, verbose=0)
    return {"loss": loss, "accuracy": accuracy}


@misconception("evaluate_classifier")
def accuracy_in_per_cent(model, x, y):
    """Your accuracy is in per cent, which is for reading. Here it is a share, from 0 to 1, as Keras reports it."""
    x, y = _same_length(x, y)
    loss, accuracy = model.evaluate(x, y, verbose=0)
    return {"loss": loss, "accuracy": 100 * accuracy}


@misconception("evaluate_classifier")
def mean_of_batch_means(model, x, y):
    """The last batch is smaller than the others. In the mean of the batches' means its few samples count
    more than all others: weigh the batches, or average over samples."""
    x, y = _same_length(x, y)
    losses, accuracies = [], []
    for start in range(0, len(x), 32):
        model.reset_metrics()
        result = model.test_on_batch(x[start : start + 32], y[start : start + 32], return_dict=True)
        losses.append(float(result["loss"]))
        accuracies.append(float(result["accuracy"]))
    return {"loss": np.mean(losses), "accuracy": np.mean(accuracies)}


@misconception("evaluate_classifier")
def evaluates_with_dropout_on(model, x, y):
    """With `training=True` dropout throws away half of the units, differently each time. A finished network
    is judged with all of them."""
    x, y = _same_length(x, y)
    p = keras.ops.convert_to_numpy(model(x, training=True)).astype(float)
    losses = -np.log(np.clip(p[np.arange(len(y)), y], 1e-12, 1))
    return {"loss": float(losses.mean()), "accuracy": float(np.mean(p.argmax(axis=1) == y))}


@misconception("evaluate_classifier")
def trains_while_it_evaluates(model, x, y):
    """You call `fit` on the samples that should judge the network: it learns them first and is then asked
    about them. Test data are for looking only."""
    x, y = _same_length(x, y)
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=True)
    fit = model.fit(x, y, epochs=3, batch_size=8, verbose=0)
    return {"loss": fit.history["loss"][-1], "accuracy": fit.history["accuracy"][-1]}


@misconception("evaluate_classifier")
def trains_before_it_evaluates(model, x, y):
    """Before you evaluate the network you train it on the very samples that should judge it. Which of the two
    calls does a judge need?"""
    x, y = _same_length(x, y)
    model.fit(x, y, epochs=5, verbose=0)
    loss, accuracy = model.evaluate(x, y, verbose=0)
    return {"loss": loss, "accuracy": accuracy}


# predict_classes


@misconception("predict_classes")
def returns_the_probabilities(model, x):
    """What `model.predict` returns are probabilities, one row per sample (the slide calls them `classes`,
    but they are not). One more step leads from a row to a label."""
    return model.predict(_some(x), verbose=0)


@misconception("predict_classes")
def argmax_over_the_samples(model, x):
    """Check the shape of your result: you look for the sample that has the largest probability in each
    class, not for the class in each sample. Which axis counts the classes?"""
    return np.argmax(model.predict(_some(x), verbose=0), axis=0)


@misconception("predict_classes")
def the_probability_instead_of_its_index(model, x):
    """You return how large the largest probability is. The label is *where* it is."""
    return np.max(model.predict(_some(x), verbose=0), axis=1)


@misconception("predict_classes")
def threshold_at_one_half(model, x):
    """A threshold of one half decides between two classes. Among several, the most probable one may well
    have less than one half; and your result has to be one label per sample."""
    return (model.predict(_some(x), verbose=0)[:, 1] > 0.5).astype(int)


@misconception("predict_classes")
def one_sample_loses_its_axis(model, x):
    """Try a single sample: `squeeze` takes away every axis of length 1, that of the samples too."""
    return np.argmax(np.squeeze(model.predict(_some(x), verbose=0)), axis=-1)


# What several of them need and do right.


def _check_sizes(input_dim, num_classes):
    if input_dim < 1 or num_classes < 2:
        raise ValueError("impossible sizes")


def _same_length(x, y):
    if len(x) != len(y) or len(x) == 0:
        raise ValueError("x and y do not fit")
    return np.asarray(x), np.asarray(y)


def _some(x):
    if len(x) == 0:
        raise ValueError("no samples")
    return x
