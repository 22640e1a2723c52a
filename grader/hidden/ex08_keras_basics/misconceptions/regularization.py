"""What goes wrong when a wide network is kept from learning by heart."""

from grader.misconceptions import misconception

# build_wide_classifier


@misconception("build_wide_classifier")
def dropout_is_the_share_that_stays(input_dim, num_classes, dropout=0.0):
    """Is the number that you give to Keras the share of units that is left out, or the share that stays?"""
    return _wide(input_dim, num_classes, dropout, after=1 - dropout if dropout else 0.0)


@misconception("build_wide_classifier")
def dropout_before_the_hidden_layer(input_dim, num_classes, dropout=0.0):
    """You leave out inputs. It is the hidden units that must not rely on each other: where does the layer go?"""
    return _wide(input_dim, num_classes, dropout, before=dropout)


@misconception("build_wide_classifier")
def dropout_after_the_softmax(input_dim, num_classes, dropout=0.0):
    """Left out after the softmax, probabilities themselves become 0 in training. What shall be left out?"""
    return _wide(input_dim, num_classes, dropout, end=dropout)


@misconception("build_wide_classifier")
def dropout_is_always_the_same(input_dim, num_classes, dropout=0.0):
    """The share is an argument of your function. Does your network use it?"""
    return _wide(input_dim, num_classes, dropout, after=0.5)


# compare_regularization


@misconception("compare_regularization")
def early_stopping_has_no_seed_of_its_own(x, y, x_val, y_val, epochs, patience, seed):
    """Your second training starts from other weights than your first. When is the seed to be set?"""
    keras.utils.set_random_seed(seed)
    return {
        "plain": _trained(x, y, x_val, y_val, epochs),
        "early stopping": _trained(x, y, x_val, y_val, epochs, stop=early_stopping(patience)),
        "dropout": _trained(x, y, x_val, y_val, epochs, dropout=DROPOUT),
    }


@misconception("compare_regularization")
def trains_one_model_three_times(x, y, x_val, y_val, epochs, patience, seed):
    """Does your second training begin where the first one ended? `fit` goes on with the weights that a model has."""
    keras.utils.set_random_seed(seed)
    x, y = np.asarray(x), np.asarray(y)
    model = compile_classifier(build_wide_classifier(x.shape[1], len(np.unique(y)), 0.0), WIDE_RATE)
    given = {"batch_size": len(x), "epochs": epochs, "validation_data": (x_val, y_val), "verbose": 0}
    plain = model.fit(x, y, **given).history["val_loss"]
    early = model.fit(x, y, callbacks=[early_stopping(patience)], **given).history["val_loss"]
    keras.utils.set_random_seed(seed)
    dropped = _trained(x, y, x_val, y_val, epochs, dropout=DROPOUT)
    return {"plain": (model, plain), "early stopping": (model, early), "dropout": dropped}


@misconception("compare_regularization")
def reports_the_losses_of_the_training_samples(x, y, x_val, y_val, epochs, patience, seed):
    """On the samples that it is trained on, the loss falls to the end. On which samples does learning by heart show?"""
    return _compared(x, y, x_val, y_val, epochs, patience, seed, key="loss")


@misconception("compare_regularization")
def trains_in_batches_of_the_default_size(x, y, x_val, y_val, epochs, patience, seed):
    """How many steps are in one of your epochs? Unless it is told, Keras takes 32 samples for each."""
    return _compared(x, y, x_val, y_val, epochs, patience, seed, batch_size=32)


@misconception("compare_regularization")
def all_three_stop_early(x, y, x_val, y_val, epochs, patience, seed):
    """Which of the three trainings is to be stopped early? The others show what happens when nobody does."""
    results = {}
    for name, dropout in (("plain", 0.0), ("early stopping", 0.0), ("dropout", DROPOUT)):
        keras.utils.set_random_seed(seed)
        results[name] = _trained(x, y, x_val, y_val, epochs, dropout, early_stopping(patience))
    return results


@misconception("compare_regularization")
def dropout_is_forgotten(x, y, x_val, y_val, epochs, patience, seed):
    """Your third curve is the first one once more. Does that network leave out any unit while it is trained?"""
    return _compared(x, y, x_val, y_val, epochs, patience, seed, dropout=0.0)


@misconception("compare_regularization")
def watches_with_the_samples_it_learns_from(x, y, x_val, y_val, epochs, patience, seed):
    """What the network has learned by heart it knows. With which samples do you watch it?"""
    return _compared(x, y, x, y, epochs, patience, seed)


@misconception("compare_regularization")
def the_rate_is_that_of_the_default(x, y, x_val, y_val, epochs, patience, seed):
    """With which learning rate are your networks compiled? The module names one for the wide networks."""
    return _compared(x, y, x_val, y_val, epochs, patience, seed, rate=1e-3)


def _wide(input_dim, num_classes, dropout, before=0.0, after=0.0, end=0.0):
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout is {dropout}")
    return keras.Sequential(
        [
            keras.layers.Input((input_dim,)),
            *[keras.layers.Dropout(before)] * (before > 0),
            keras.layers.Dense(512, activation="relu"),
            *[keras.layers.Dropout(after)] * (after > 0),
            keras.layers.Dense(num_classes, activation="softmax"),
            *[keras.layers.Dropout(end)] * (end > 0),
        ]
    )


def _trained(x, y, x_val, y_val, epochs, dropout=0.0, stop=None, key="val_loss", batch_size=None, rate=None):
    x, y = np.asarray(x), np.asarray(y)
    model = build_wide_classifier(x.shape[1], len(np.unique(y)), dropout)
    compile_classifier(model, WIDE_RATE if rate is None else rate)
    fit = model.fit(
        x,
        y,
        batch_size=batch_size or len(x),
        epochs=epochs,
        validation_data=(np.asarray(x_val), np.asarray(y_val)),
        callbacks=[stop] if stop else [],
        verbose=0,
    )
    return model, fit.history[key]


def _compared(x, y, x_val, y_val, epochs, patience, seed, dropout=None, **more):
    dropout = DROPOUT if dropout is None else dropout
    results = {}
    for name, share in (("plain", 0.0), ("early stopping", 0.0), ("dropout", dropout)):
        keras.utils.set_random_seed(seed)
        stop = early_stopping(patience) if name == "early stopping" else None
        results[name] = _trained(x, y, x_val, y_val, epochs, share, stop, **more)
    return results
