"""What goes wrong when a perceptron learns: what is corrected, how far, and what exactly one epoch is."""

import numpy as np

from grader.misconceptions import misconception


@misconception("update")
def learns_from_every_sample(w, theta, x_n, d_n, eta):
    """Read step 2 of the slide: what happens to the weights when the classification is already correct?"""
    _check_update(w, x_n, d_n)
    return np.asarray(w, dtype=float) + eta * d_n * np.asarray(x_n, dtype=float), theta + eta * d_n


@misconception("update")
def leaves_the_bias_alone(w, theta, x_n, d_n, eta):
    """Your bias stays as it was. It learns as well, like a weight whose input is always 1: see the second line
    of the rule in the docstring.
    """
    new_w, _ = _update(w, theta, x_n, d_n, eta)
    return new_w, theta


@misconception("update")
def moves_the_bias_by_the_whole_label(w, theta, x_n, d_n, eta):
    """Compare the steps of the weights and of the bias: the learning rate scales both."""
    new_w, new_theta = _update(w, theta, x_n, d_n, eta)
    return new_w, theta if new_theta == theta else theta + d_n


@misconception("update")
def multiplies_the_bias_step_by_an_input(w, theta, x_n, d_n, eta):
    """The bias has no input of its own: where the weights have x_i, it has the constant 1."""
    new_w, new_theta = _update(w, theta, x_n, d_n, eta)
    return new_w, theta if new_theta == theta else theta + eta * d_n * np.asarray(x_n, dtype=float)[0]


@misconception("update")
def moves_away_from_the_sample(w, theta, x_n, d_n, eta):
    """Check the sign with one sample: after a missed +1, is its score higher or lower than before?"""
    new_w, new_theta = _update(w, theta, x_n, d_n, eta)
    return 2 * np.asarray(w, dtype=float) - new_w, 2 * theta - new_theta


@misconception("update")
def forgets_the_label(w, theta, x_n, d_n, eta):
    """A missed -1 has to push in the opposite direction of a missed +1: which factor of it does that?"""
    w, x_n = np.asarray(w, dtype=float), np.asarray(x_n, dtype=float)
    _check_update(w, x_n, d_n)
    if sgn(w @ x_n + theta) == d_n:
        return w, theta
    return w + eta * x_n, theta + eta


@misconception("update")
def forgets_the_learning_rate(w, theta, x_n, d_n, eta):
    """Call it with eta = 0.5 and with eta = 1: the steps should not be equally long."""
    return _update(w, theta, x_n, d_n, 1.0)


@misconception("update")
def uses_the_error_of_two(w, theta, x_n, d_n, eta):
    """With labels of +1 and -1 the difference d - y is 2 or -2: the rule of the slide multiplies with d
    itself.
    """
    return _update(w, theta, x_n, d_n, 2 * eta)


@misconception("update")
def calls_every_tie_a_mistake(w, theta, x_n, d_n, eta):
    """A score of 0 has a class: sgn says -1. So it is not a mistake when the label is -1."""
    w, x_n = np.asarray(w, dtype=float), np.asarray(x_n, dtype=float)
    _check_update(w, x_n, d_n)
    if d_n * (w @ x_n + theta) <= 0:
        return w + eta * d_n * x_n, theta + eta * d_n
    return w, theta


@misconception("update")
def calls_no_tie_a_mistake(w, theta, x_n, d_n, eta):
    """From zeros every score is 0. If that is never a mistake, when does the perceptron begin to learn?"""
    w, x_n = np.asarray(w, dtype=float), np.asarray(x_n, dtype=float)
    _check_update(w, x_n, d_n)
    if d_n * (w @ x_n + theta) < 0:
        return w + eta * d_n * x_n, theta + eta * d_n
    return w, theta


@misconception("update")
def judges_without_the_bias(w, theta, x_n, d_n, eta):
    """Whether the answer is wrong depends on the whole score: the weighted sum and the bias."""
    w, x_n = np.asarray(w, dtype=float), np.asarray(x_n, dtype=float)
    _check_update(w, x_n, d_n)
    if sgn(w @ x_n) == d_n:
        return w, theta
    return w + eta * d_n * x_n, theta + eta * d_n


@misconception("update")
def takes_any_label(w, theta, x_n, d_n, eta):
    """With a label of 0 the step is zero and nothing is ever learned: say so instead of returning the old
    weights.
    """
    w, x_n = np.asarray(w, dtype=float), np.asarray(x_n, dtype=float)
    if sgn(w @ x_n + theta) == d_n:
        return w, theta
    return w + eta * d_n * x_n, theta + eta * d_n


@misconception("train")
def goes_on_after_a_perfect_epoch(x, d, eta, max_epochs, rng):
    """When an epoch makes no mistake, no later one can: what is the loop still waiting for?"""
    return _train(x, d, eta, max_epochs, rng, stop=False)


@misconception("train")
def never_gives_up(x, d, eta, max_epochs, rng):
    """On data that no line separates, an epoch without mistakes never comes: what else ends the training?"""
    # A real one never returns; here it is only far too late.
    return _train(x, d, eta, 20 * max_epochs, rng)


@misconception("train")
def makes_one_epoch_too_many(x, d, eta, max_epochs, rng):
    """Count the epochs on XOR: there is one more than max_epochs."""
    return _train(x, d, eta, max_epochs + 1, rng)


@misconception("train")
def leaves_out_the_perfect_epoch(x, d, eta, max_epochs, rng):
    """The epoch without mistakes was an epoch too: its 0 belongs to the list before training stops."""
    w, theta, mistakes = _train(x, d, eta, max_epochs, rng)
    return w, theta, [wrong for wrong in mistakes if wrong]


@misconception("train")
def starts_from_random_weights(x, d, eta, max_epochs, rng):
    """A perceptron need not break any symmetry: it starts from zeros, and so does its bias."""
    return _train(x, d, eta, max_epochs, rng, start=rng.normal(size=np.shape(x)[-1]))


@misconception("train")
def starts_from_ones(x, d, eta, max_epochs, rng):
    """Which weights and which bias does training start from? One sample is enough to see it."""
    return _train(x, d, eta, max_epochs, rng, start=np.ones(np.shape(x)[-1]))


@misconception("train")
def draws_with_replacement(x, d, eta, max_epochs, rng):
    """N independent draws visit some samples twice and others never: an epoch visits each of them once."""
    return _train(x, d, eta, max_epochs, rng, order=lambda n: rng.integers(n, size=n))


@misconception("train")
def keeps_the_order_of_the_data(x, d, eta, max_epochs, rng):
    """Each of your epochs goes through the samples in the same order, that of the data: what is `rng` for?"""
    return _train(x, d, eta, max_epochs, rng, order=np.arange)


@misconception("train")
def shuffles_only_once(x, d, eta, max_epochs, rng):
    """The order is drawn before the first epoch and then kept: each epoch should draw its own."""
    once = rng.permutation(len(x))
    return _train(x, d, eta, max_epochs, rng, order=lambda n: once)


@misconception("train")
def ignores_the_given_generator(x, d, eta, max_epochs, rng):
    """The order comes from a generator that is made inside, always with the same seed: use the one that is
    given.
    """
    return _train(x, d, eta, max_epochs, np.random.default_rng(0))


@misconception("train")
def draws_from_the_global_generator(x, d, eta, max_epochs, rng):
    """Two runs with the same rng differ: the order is drawn from NumPy's global state instead of it."""
    return _train(x, d, eta, max_epochs, rng, order=np.random.permutation)


@misconception("train")
def shuffles_samples_and_labels_apart(x, d, eta, max_epochs, rng):
    """After shuffling, does each sample still have its own label? Both need the same order."""
    x, d = _labelled(x, d)
    return _train(rng.permutation(x), d, eta, max_epochs, rng)


@misconception("train")
def judges_a_whole_epoch_at_once(x, d, eta, max_epochs, rng):
    """The next sample has to meet the weights that the last update left, not those from the beginning of the
    epoch.
    """
    x, d = _labelled(x, d)
    w, theta, mistakes = np.zeros(x.shape[1]), 0.0, []
    for _ in range(max_epochs):
        wrong = np.flatnonzero(predict(x, w, theta) != d)
        for n in rng.permutation(wrong):
            w, theta = w + eta * d[n] * x[n], theta + eta * d[n]
        mistakes.append(len(wrong))
        if len(wrong) == 0:
            break
    return w, theta, mistakes


@misconception("train")
def makes_one_update_per_epoch(x, d, eta, max_epochs, rng):
    """One random sample is a step, not an epoch: an epoch is over when every sample has been visited."""
    x, d = _labelled(x, d)
    w, theta, mistakes = np.zeros(x.shape[1]), 0.0, []
    for _ in range(max_epochs):
        n = rng.integers(len(x))
        wrong = int(sgn(w @ x[n] + theta) != d[n])
        w, theta = update(w, theta, x[n], d[n], eta)
        mistakes.append(wrong)
        if not wrong:
            break
    return w, theta, mistakes


@misconception("train")
def counts_what_is_still_wrong_afterwards(x, d, eta, max_epochs, rng):
    """Mistakes are counted when they are made; after the epoch, some of them have already been corrected."""
    x, d = _labelled(x, d)
    w, theta, mistakes = np.zeros(x.shape[1]), 0.0, []
    for _ in range(max_epochs):
        for n in rng.permutation(len(x)):
            w, theta = update(w, theta, x[n], d[n], eta)
        mistakes.append(int(np.sum(predict(x, w, theta) != d)))
        if mistakes[-1] == 0:
            break
    return w, theta, mistakes


@misconception("train")
def adds_up_the_mistakes_of_all_epochs(x, d, eta, max_epochs, rng):
    """Your numbers of mistakes never fall: the count has to start from 0 in each epoch."""
    w, theta, mistakes = _train(x, d, eta, max_epochs, rng)
    return w, theta, np.cumsum(mistakes)


@misconception("train")
def returns_the_number_of_epochs(x, d, eta, max_epochs, rng):
    """The third result is a list with the number of mistakes of each epoch, so that it can be drawn as a
    curve.
    """
    w, theta, mistakes = _train(x, d, eta, max_epochs, rng)
    return w, theta, len(mistakes)


@misconception("train")
def pairs_what_does_not_match(x, d, eta, max_epochs, rng):
    """Cutting the longer one off hides a mistake of the caller: different lengths are a ValueError."""
    shorter = min(len(x), len(d))
    return _train(x[:shorter], d[:shorter], eta, max_epochs, rng)


# A wrong function takes the place of the right one, also for itself: right ones under other names.
def _update(w, theta, x_n, d_n, eta):
    w, x_n = np.asarray(w, dtype=float), np.asarray(x_n, dtype=float)
    _check_update(w, x_n, d_n)
    if sgn(w @ x_n + theta) == d_n:
        return w, theta
    return w + eta * d_n * x_n, theta + eta * d_n


def _check_update(w, x_n, d_n):
    if np.shape(w) != np.shape(x_n) or d_n not in (1, -1):
        raise ValueError("sample, weights and label do not fit")


def _train(x, d, eta, max_epochs, rng, start=None, order=None, stop=True):
    """A right `train` with its parts exchangeable."""
    x, d = _labelled(x, d)
    w, theta, mistakes = np.zeros(x.shape[1]) if start is None else start, 0.0, []
    for _ in range(max_epochs):
        wrong = 0
        for n in (order or rng.permutation)(len(x)):
            if sgn(w @ x[n] + theta) != d[n]:
                w, theta = w + eta * d[n] * x[n], theta + eta * d[n]
                wrong += 1
        mistakes.append(wrong)
        if stop and wrong == 0:
            break
    return w, theta, mistakes
