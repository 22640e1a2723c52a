"""What goes wrong in ex08, as students write it."""

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


# train_classifier


@misconception("train_classifier")
def validates_on_the_last_samples(model, x, y, epochs, batch_size, seed):
    """`validation_split` takes the last samples as they come, before it shuffles anything. If the data are
    sorted by class, the network is then judged on a class that it has hardly seen. Who has to do the
    shuffling?"""
    x, y = _same_length(x, y)
    keras.utils.set_random_seed(seed)
    fit = model.fit(x, y, epochs=epochs, batch_size=batch_size, validation_split=0.1, shuffle=True, verbose=0)
    return model, fit.history


@misconception("train_classifier")
def shuffles_only_the_inputs(model, x, y, epochs, batch_size, seed):
    """After your shuffling, the first input no longer belongs to the first label. Both have to be put into
    the same new order."""
    x, y = _same_length(x, y)
    keras.utils.set_random_seed(seed)
    x = np.random.default_rng(seed).permutation(x)
    fit = model.fit(x, y, epochs=epochs, batch_size=batch_size, validation_split=0.1, verbose=0)
    return model, fit.history


@misconception("train_classifier")
def shuffles_both_but_differently(model, x, y, epochs, batch_size, seed):
    """You shuffle inputs and labels one after the other, and chance does not do the same twice. Draw one
    order, and use it for both."""
    x, y = _same_length(x, y)
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    x, y = rng.permutation(x), rng.permutation(y)
    fit = model.fit(x, y, epochs=epochs, batch_size=batch_size, validation_split=0.1, verbose=0)
    return model, fit.history


@misconception("train_classifier")
def trains_on_the_validation_samples(model, x, y, epochs, batch_size, seed):
    """A network that is judged on samples it was trained on is judged too kindly. The validation samples
    have to be taken *out* of the training samples."""
    x, y = _same_length(x, y)
    keras.utils.set_random_seed(seed)
    order = np.random.default_rng(seed).permutation(len(x))
    held = order[: len(x) // 10]
    fit = model.fit(
        x[order],
        y[order],
        epochs=epochs,
        batch_size=batch_size,
        validation_data=(x[held], y[held]),
        verbose=0,
    )
    return model, fit.history


@misconception("train_classifier")
def keeps_a_fifth_for_validation(model, x, y, epochs, batch_size, seed):
    """A fifth is a usual share too, but look at the docstring: how many samples are kept aside here?"""
    x, y = _same_length(x, y)
    keras.utils.set_random_seed(seed)
    order = np.random.default_rng(seed).permutation(len(x))
    fit = model.fit(x[order], y[order], epochs=epochs, batch_size=batch_size, validation_split=0.2, verbose=0)
    return model, fit.history


@misconception("train_classifier")
def new_validation_samples_in_every_epoch(model, x, y, epochs, batch_size, seed):
    """You draw the validation samples anew in every epoch. After a few epochs the network was trained on
    all of them, and the validation says nothing any more. Draw once."""
    x, y = _same_length(x, y)
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    history = {"loss": [], "accuracy": [], "val_loss": [], "val_accuracy": []}
    for _ in range(epochs):
        order = rng.permutation(len(x))
        fit = model.fit(x[order], y[order], batch_size=batch_size, validation_split=0.1, verbose=0)
        for key in history:
            history[key] += fit.history[key]
    return model, history


@misconception("train_classifier")
def seeds_the_split_but_not_keras(model, x, y, epochs, batch_size, seed):
    """Your split follows from the seed, but Keras still orders the batches by chance of its own: run it
    twice and compare. Keras has a function that seeds everything at once."""
    x, y = _same_length(x, y)
    order = np.random.default_rng(seed).permutation(len(x))
    fit = model.fit(x[order], y[order], epochs=epochs, batch_size=batch_size, validation_split=0.1, verbose=0)
    return model, fit.history


@misconception("train_classifier")
def always_the_same_split(model, x, y, epochs, batch_size, seed):
    """Your split is always the same one, whatever the seed is. To see how much a result depends on chance,
    one has to be able to draw another."""
    x, y = _same_length(x, y)
    keras.utils.set_random_seed(seed)
    order = np.random.default_rng(42).permutation(len(x))
    fit = model.fit(x[order], y[order], epochs=epochs, batch_size=batch_size, validation_split=0.1, verbose=0)
    return model, fit.history


@misconception("train_classifier")
def compiles_it_again(model, x, y, epochs, batch_size, seed):
    """The model comes compiled. Compiling it here throws away the optimizer and the learning rate that
    somebody chose for it."""
    x, y = _same_length(x, y)
    keras.utils.set_random_seed(seed)
    order = np.random.default_rng(seed).permutation(len(x))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    fit = model.fit(x[order], y[order], epochs=epochs, batch_size=batch_size, validation_split=0.1, verbose=0)
    return model, fit.history


@misconception("train_classifier")
def returns_the_history_object(model, x, y, epochs, batch_size, seed):
    """What `fit` returns is an object that knows more than the numbers. The dict of lists is one of its
    attributes."""
    x, y = _same_length(x, y)
    keras.utils.set_random_seed(seed)
    order = np.random.default_rng(seed).permutation(len(x))
    return model, model.fit(x[order], y[order], epochs=epochs, batch_size=batch_size, validation_split=0.1, verbose=0)


@misconception("train_classifier")
def more_labels_than_inputs_pass(model, x, y, epochs, batch_size, seed):
    """Give it 20 inputs and 21 labels: indexing takes what it needs and says nothing about the rest.
    Lengths that do not fit are almost always a mistake further up, so say it."""
    keras.utils.set_random_seed(seed)
    order = np.random.default_rng(seed).permutation(len(x))
    fit = model.fit(x[order], y[order], epochs=epochs, batch_size=batch_size, validation_split=0.1, verbose=0)
    return model, fit.history


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


# build_regressor


@misconception("build_regressor")
def output_between_0_and_1(input_dim):
    """A sigmoid cannot say anything below 0 or above 1, and the targets are not probabilities. What does an
    output need to be free?"""
    return _regressor(input_dim, "sigmoid")


@misconception("build_regressor")
def output_is_never_negative(input_dim):
    """With a ReLU at the end, half of the standardised targets, the negative ones, are out of reach. Hidden
    layers have activations; what about this output?"""
    return _regressor(input_dim, "relu")


@misconception("build_regressor")
def softmax_over_one_output(input_dim):
    """A softmax makes its outputs add up to 1. With one output that leaves no choice: it is always 1."""
    return _regressor(input_dim, "softmax")


@misconception("build_regressor")
def absolute_instead_of_squared_error(input_dim):
    """The loss you chose takes the absolute difference. Both are on the slide *Regression*; which one does
    the exercise ask for?"""
    return _regressor(input_dim, None, loss="mean_absolute_error")


@misconception("build_regressor")
def regressor_is_not_compiled(input_dim):
    """The builder of the classifier leaves compiling to another task; here it belongs to yours: the model
    cannot be trained as it is."""
    if input_dim < 1:
        raise ValueError("no input")
    return keras.Sequential([layers.Input((input_dim,)), layers.Dense(64, activation="relu"), layers.Dense(1)])


# early_stopping


@misconception("early_stopping")
def watches_the_training_loss(patience):
    """The loss on the training samples goes on falling while the network learns them by heart, so you would
    hardly ever stop. On which samples does overfitting show?"""
    _not_negative(patience)
    return keras.callbacks.EarlyStopping(monitor="loss", patience=patience, restore_best_weights=True)


@misconception("early_stopping")
def watches_the_validation_accuracy(patience):
    """Accuracy only moves when a sample changes sides; the loss notices long before that the network grows
    too sure. The exercise watches the latter."""
    _not_negative(patience)
    return keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=patience, restore_best_weights=True)


@misconception("early_stopping")
def keeps_the_last_weights(patience):
    """Training stops some epochs after the best one, and unless you ask for it the network keeps the
    weights of the last epoch. Look through the arguments of the callback."""
    _not_negative(patience)
    return keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience)


@misconception("early_stopping")
def patience_is_not_used(patience):
    """The argument `patience` never reaches the callback, whose own default is not to wait at all."""
    _not_negative(patience)
    return keras.callbacks.EarlyStopping(monitor="val_loss", restore_best_weights=True)


@misconception("early_stopping")
def waits_for_the_loss_to_rise(patience):
    """With `mode="max"` a larger value is a better one. Is that so for a loss?"""
    _not_negative(patience)
    return keras.callbacks.EarlyStopping(monitor="val_loss", mode="max", patience=patience, restore_best_weights=True)


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


def _regressor(input_dim, activation, loss="mean_squared_error"):
    if input_dim < 1:
        raise ValueError("no input")
    model = keras.Sequential(
        [
            layers.Input((input_dim,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(1, activation=activation),
        ]
    )
    model.compile(optimizer="adam", loss=loss)
    return model


def _not_negative(patience):
    if patience < 0:
        raise ValueError("negative patience")
