"""What goes wrong with a model of what comes next."""

from keras import layers

from grader.misconceptions import misconception

# build_model


@misconception("build_model")
def reads_in_both_directions(alphabet_size, length):
    """A `Bidirectional` layer reads the window from its end, too, and so knows the next character before it predicts
    it. Its loss will be wonderful, and its text nonsense: when it writes, there is no future to look at."""
    _check_sizes(alphabet_size, length)
    return _network(alphabet_size, length, layers.Bidirectional(layers.GRU(32, return_sequences=True)))


@misconception("build_model")
def convolution_sees_both_sides(alphabet_size, length):
    """With `padding="same"` a convolution looks at neighbours on both sides, the next character included. Which padding
    looks back only? And how far back does it look?"""
    _check_sizes(alphabet_size, length)
    return _network(alphabet_size, length, layers.Conv1D(48, 5, padding="same", activation="relu"))


@misconception("build_model")
def forgets_after_three_characters(alphabet_size, length):
    """A convolution sees as many characters as its kernel is wide. That is an n-gram model; a recurrent layer carries a
    memory through the whole window."""
    _check_sizes(alphabet_size, length)
    return _network(alphabet_size, length, layers.Conv1D(48, 3, padding="causal", activation="relu"))


@misconception("build_model")
def scores_instead_of_probabilities(alphabet_size, length):
    """Your outputs are scores of any sign. `generate` wants to draw from them, so they have to be probabilities."""
    _check_sizes(alphabet_size, length)
    return _network(alphabet_size, length, _memory(), activation=None)


@misconception("build_model")
def character_0_is_taken_for_padding(alphabet_size, length):
    """`mask_zero=True` tells the layers to skip id 0. In a text of words it stands for padding; here it is the first
    character of the alphabet, often the space, and part of the text."""
    _check_sizes(alphabet_size, length)
    return _network(alphabet_size, length, _memory(), mask_zero=True)


@misconception("build_model")
def one_character_too_many(alphabet_size, length):
    """`alphabet_size + 1` makes room for an id of padding. There is none in this exercise: ids go from 0 to C - 1."""
    _check_sizes(alphabet_size, length)
    return _network(alphabet_size + 1, length, _memory())


# bits_per_character


@misconception("bits_per_character")
def nats_instead_of_bits(model, ids, length):
    """`np.log` is the natural logarithm (and Keras' loss is in its unit, too). A fair coin costs 1 bit: which logarithm
    gives that?"""
    return _surprises(model, *_windows(ids, length, length), log=np.log).mean()


@misconception("bits_per_character")
def overlapping_windows(model, ids, length):
    """With a window at every character, nearly all characters are predicted `length` times, each time with another
    memory. Cut the text so that each is predicted once."""
    return _surprises(model, *_windows(ids, length, 1)).mean()


@misconception("bits_per_character")
def probability_of_the_character_just_read(model, ids, length):
    """You look up the probability of the character that the model has just read. Its answer is about the next one."""
    inputs, _ = _windows(ids, length, length)
    return _surprises(model, inputs, inputs).mean()


# capstone: has no function of its own, so each of these puts another `build_model` in place, one that keeps to its
# contract, but learns next to nothing.


@misconception("capstone")
class CharactersAsQuantities:
    """Your network reads the id of a character as a quantity, as if `n` were a little more than `m` and half of `z`.
    Ids are names: give each character a vector of its own, by an embedding or one-hot."""

    global build_model
    build_model = _quantities


@misconception("capstone")
class MemoryOfTwoNumbers:
    """All that your network knows about the text has to pass through two numbers: that is too little to tell fifty
    characters apart. Give the recurrent layer more units."""

    global build_model
    build_model = _two_numbers


@misconception("capstone")
class NothingCanBeLearnt:
    """`trainable = False` keeps the weights as they were drawn: the training runs, and nothing happens. That is for
    layers that have learnt already."""

    global build_model
    build_model = _frozen


def _check_windows(ids, length, step):
    if length < 1 or step < 1 or len(ids) < length + 1:
        raise ValueError("no window")


def _windows(ids, length, step):
    _check_windows(ids, length, step)
    ids = np.asarray(ids)
    positions = np.arange(0, len(ids) - length, step)[:, None] + np.arange(length)
    return ids[positions], ids[positions + 1]


def _check_sizes(alphabet_size, length):
    if alphabet_size < 2 or length < 1:
        raise ValueError("impossible sizes")


def _memory():
    return layers.GRU(48, return_sequences=True)


def _network(alphabet_size, length, layer, activation="softmax", mask_zero=False):
    return keras.Sequential(
        [
            layers.Input((length,)),
            layers.Embedding(alphabet_size, 32, mask_zero=mask_zero),
            layer,
            layers.Dense(alphabet_size, activation=activation),
        ]
    )


def _quantities(alphabet_size, length):
    _check_sizes(alphabet_size, length)
    as_numbers = [layers.Reshape((length, 1)), layers.Rescaling(1 / alphabet_size)]
    end = layers.Dense(alphabet_size, activation="softmax")
    return keras.Sequential([layers.Input((length,)), *as_numbers, _memory(), end])


def _two_numbers(alphabet_size, length):
    _check_sizes(alphabet_size, length)
    return _network(alphabet_size, length, layers.LSTM(2, return_sequences=True))


def _frozen(alphabet_size, length):
    _check_sizes(alphabet_size, length)
    model = _network(alphabet_size, length, _memory())
    model.trainable = False
    return model


def _surprises(model, inputs, targets, log=np.log2):
    probabilities = model.predict(inputs, verbose=0)
    return -log(np.take_along_axis(probabilities, targets[..., None], axis=-1)[..., 0].astype(float))
