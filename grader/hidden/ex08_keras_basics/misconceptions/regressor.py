"""What goes wrong with a network that predicts a number."""

from keras import layers

from grader.misconceptions import misconception

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
