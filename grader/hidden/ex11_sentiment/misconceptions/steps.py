"""What goes wrong when a recurrent network reads a word by hand."""

from grader.misconceptions import misconception

# rnn_step


@misconception("rnn_step")
def old_state_is_not_used(x, h, W, U, b):
    """Read two sentences that differ in their first word only: your last states are the same. What should carry the
    first word through to the end?"""
    return np.tanh(np.asarray(x) @ W + b)


@misconception("rnn_step")
def sigmoid_in_place_of_tanh(x, h, W, U, b):
    """Your states lie between 0 and 1 and are never negative. Which activation does the formula of a simple recurrent
    network have?"""
    return sigmoid(np.asarray(x) @ W + np.asarray(h) @ U + b)


@misconception("rnn_step")
def weights_of_the_state_are_transposed(x, h, W, U, b):
    """Row k of U says what the old unit k gives to all new ones. Follow a state of 1, 0 through your product: do you
    meet a row of U, or a column?"""
    return np.tanh(np.asarray(x) @ W + np.asarray(h) @ np.transpose(U) + b)


@misconception("rnn_step")
def old_state_is_added_outside(x, h, W, U, b):
    """Call it ten times with the same word: your state leaves the range from -1 to 1. Does the old state belong to
    what goes through the tanh, or beside it?"""
    return np.tanh(np.asarray(x) @ W + b) + np.asarray(h) @ U


@misconception("rnn_step")
def biases_are_left_out(x, h, W, U, b):
    """Give it a word of zeros and a state of zeros: what is left of the sum that goes through the tanh?"""
    return np.tanh(np.asarray(x) @ W + np.asarray(h) @ U)


# lstm_step


@misconception("lstm_step")
def blocks_in_another_order(x, h, c, W, U, b):
    """Your four blocks are not in Keras' order. Give it biases alone: which of the four sums decides how much is
    kept, and which is no gate at all?"""
    i, f, o, g = _blocks(x, h, W, U, b)
    return _step(c, sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o))


@misconception("lstm_step")
def nothing_is_ever_forgotten(x, h, c, W, U, b):
    """Your cell only grows: all that was ever taken in stays, as in the first LSTM of 1997. Which gate decides how
    much of the old cell is left?"""
    i, _, g, o = _blocks(x, h, W, U, b)
    return _step(c, sigmoid(i), 1.0, np.tanh(g), sigmoid(o))


@misconception("lstm_step")
def new_content_through_a_sigmoid(x, h, c, W, U, b):
    """Your new content is never negative, so the cell cannot be lowered by a word. Three of the four blocks are gates:
    what about the one that is not?"""
    i, f, g, o = _blocks(x, h, W, U, b)
    return _step(c, sigmoid(i), sigmoid(f), sigmoid(g), sigmoid(o))


@misconception("lstm_step")
def shows_the_old_cell(x, h, c, W, U, b):
    """Read one word from a cell of zeros: your state is zero, whatever the word was. Which of the two cells should
    be shown?"""
    i, f, g, o = _blocks(x, h, W, U, b)
    _, new = _step(c, sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o))
    return sigmoid(o) * np.tanh(c), new


@misconception("lstm_step")
def cell_is_shown_without_tanh(x, h, c, W, U, b):
    """A cell can grow beyond 1, and so does your state. What brings it back between -1 and 1 before the last gate lets
    a share of it through?"""
    i, f, g, o = _blocks(x, h, W, U, b)
    _, new = _step(c, sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o))
    return sigmoid(o) * new, new


@misconception("lstm_step")
def takes_in_what_it_forgets(x, h, c, W, U, b):
    """One gate decides both what you keep and what you take in: that is the idea of a GRU. Here a cell may keep all
    and take in all. Which sum belongs to which gate?"""
    _, f, g, o = _blocks(x, h, W, U, b)
    return _step(c, 1 - sigmoid(f), sigmoid(f), np.tanh(g), sigmoid(o))


@misconception("lstm_step")
def cell_comes_first(x, h, c, W, U, b):
    """The two arrays that you return have the same shape, so nobody notices when they are exchanged, until the next
    step. In which order are they asked for?"""
    i, f, g, o = _blocks(x, h, W, U, b)
    return _step(c, sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o))[::-1]


# What several of them need and do right.


def _blocks(x, h, W, U, b):
    return np.split(np.asarray(x) @ W + np.asarray(h) @ U + b, 4, axis=1)


def _step(c, i, f, g, o):
    new = f * np.asarray(c) + i * g
    return o * np.tanh(new), new
