"""What goes wrong when a classifier is trained, and when the training should stop."""

from grader.misconceptions import misconception

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
    """You draw new validation samples in every epoch. After a few epochs the network was trained on
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
def one_number_for_all_epochs(model, x, y, epochs, batch_size, seed):
    """The numbers of your history are those of the end, once for every epoch: drawn, it is a flat line. When
    does each of them have to be taken down?"""
    x, y = _same_length(x, y)
    keras.utils.set_random_seed(seed)
    order = np.random.default_rng(seed).permutation(len(x))
    held, rest = np.split(order, [len(x) // 10])
    model.fit(x[rest], y[rest], epochs=epochs, batch_size=batch_size, verbose=0)
    loss, accuracy = model.evaluate(x[rest], y[rest], verbose=0)
    val_loss, val_accuracy = model.evaluate(x[held], y[held], verbose=0)
    last = {"loss": loss, "accuracy": accuracy, "val_loss": val_loss, "val_accuracy": val_accuracy}
    return model, {name: [value] * epochs for name, value in last.items()}


@misconception("train_classifier")
def more_labels_than_inputs_pass(model, x, y, epochs, batch_size, seed):
    """Give it 20 inputs and 21 labels: indexing takes what it needs and says nothing about the rest.
    Lengths that do not fit are almost always a mistake further up, so say it."""
    keras.utils.set_random_seed(seed)
    order = np.random.default_rng(seed).permutation(len(x))
    fit = model.fit(x[order], y[order], epochs=epochs, batch_size=batch_size, validation_split=0.1, verbose=0)
    return model, fit.history


# early_stopping


@misconception("early_stopping")
def watches_the_training_loss(patience):
    """The loss on the training samples keeps falling while the network learns them by heart, so you would
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


@misconception("early_stopping")
def small_falls_do_not_count(patience):
    """`min_delta` is a fall that is too small to count. Read in the docstring which falls count here."""
    _not_negative(patience)
    return keras.callbacks.EarlyStopping("val_loss", min_delta=0.001, patience=patience, restore_best_weights=True)


@misconception("early_stopping")
def looks_away_at_first(patience):
    """Your callback does not look at the first epochs at all. What if one of them was the best?"""
    _not_negative(patience)
    return keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True, start_from_epoch=3)


def _same_length(x, y):
    if len(x) != len(y) or len(x) == 0:
        raise ValueError("x and y do not fit")
    return np.asarray(x), np.asarray(y)


def _not_negative(patience):
    if patience < 0:
        raise ValueError("negative patience")
