"""What goes wrong with the perceptron: ties, labels, the bias, and what exactly one epoch is."""

import numpy as np

from grader.misconceptions import misconception


@misconception("sgn")
def is_zero_at_zero(s):
    """Look at 0: the slide knows two answers only, so a third one, as NumPy's sign function has it, is one
    too many.
    """
    return np.sign(s)


@misconception("sgn")
def puts_zero_on_the_positive_side(s):
    """Look at 0: is it in the first line of the slide's definition, or does it fall under "otherwise"?"""
    return np.where(np.asarray(s) >= 0, 1, -1)


@misconception("sgn")
def is_a_step_to_zero(s):
    """Your result is the step function: the perceptron of this course answers +1 or -1, so its "no" is not 0."""
    return np.where(np.asarray(s) > 0, 1, 0)


@misconception("sgn")
def returns_truth_values(s):
    """Whether s is above 0 is a truth value; the answer of sgn is a number, one of two."""
    return np.asarray(s) > 0


@misconception("sgn")
def answers_once_for_a_whole_array(s):
    """An array has a sign for every element; one answer for all of them loses the others."""
    return 1 if np.sum(s) > 0 else -1


@misconception("predict")
def forgets_the_bias(x, w, theta):
    """Without the bias every line goes through the origin: look for theta in the formula of the slide."""
    return sgn(np.asarray(x, dtype=float) @ np.asarray(w, dtype=float))


@misconception("predict")
def subtracts_the_bias(x, w, theta):
    """In this course theta is a bias that is added, not a threshold that the sum has to exceed: compare its sign
    with the slide.
    """
    return sgn(np.asarray(x, dtype=float) @ np.asarray(w, dtype=float) - theta)


@misconception("predict")
def returns_the_scores(x, w, theta):
    """Your result is the weighted sum; how does the perceptron turn it into one of two classes?"""
    return np.asarray(x, dtype=float) @ np.asarray(w, dtype=float) + theta


@misconception("predict")
def predicts_zero_and_one(x, w, theta):
    """The labels of the perceptron are +1 and -1; which class is your 0?"""
    return (np.asarray(x, dtype=float) @ np.asarray(w, dtype=float) + theta > 0).astype(int)


@misconception("predict")
def calls_a_sample_on_the_line_positive(x, w, theta):
    """What is the class of a sample whose score is exactly 0? Ask the definition of sgn."""
    return np.where(np.asarray(x, dtype=float) @ np.asarray(w, dtype=float) + theta >= 0, 1, -1)


@misconception("predict")
def adds_the_bias_to_every_input(x, w, theta):
    """The bias is added once to the whole sum; inside the sum it is added once per input."""
    x, w = np.asarray(x, dtype=float), np.asarray(w, dtype=float)
    return sgn(np.sum(x * w + theta, axis=1))


@misconception("predict")
def weighs_only_two_inputs(x, w, theta):
    """The slide draws two inputs, but a sample may have any number of them: the sum runs over all weights."""
    x, w = np.asarray(x, dtype=float), np.asarray(w, dtype=float)
    if x.shape[1] != len(w):
        raise ValueError("samples and weights do not fit")
    return sgn(w[0] * x[:, 0] + w[1] * x[:, 1] + theta)


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
    """A score of 0 has a class: sgn says -1. So it is no mistake when the label is -1."""
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


@misconception("decision_line")
def loses_the_minus_of_the_slope(w, theta, x1):
    """Solve w1 x1 + w2 x2 + theta = 0 for x2 step by step: what happens to the sign of w1 x1?"""
    w1, w2 = _two(w)
    return w1 / w2 * np.asarray(x1, dtype=float) - theta / w2


@misconception("decision_line")
def adds_the_offset(w, theta, x1):
    """Solve w1 x1 + w2 x2 + theta = 0 for x2 step by step: what happens to the sign of theta?"""
    w1, w2 = _two(w)
    return -w1 / w2 * np.asarray(x1, dtype=float) + theta / w2


@misconception("decision_line")
def does_not_divide_the_bias(w, theta, x1):
    """Dividing the equation by w2 divides all of it, theta included."""
    w1, w2 = _two(w)
    return -w1 / w2 * np.asarray(x1, dtype=float) - theta


@misconception("decision_line")
def swaps_the_weights(w, theta, x1):
    """Which of the two weights belongs to x2, the one that the equation is solved for?"""
    w1, w2 = _two(w)
    if w1 == 0:
        return np.zeros(np.shape(x1))
    return -w2 / w1 * np.asarray(x1, dtype=float) - theta / w1


@misconception("decision_line")
def divides_without_the_remainder(w, theta, x1):
    """Whole numbers need not divide evenly: two slashes throw the fraction away."""
    w1, w2 = _two(w)
    return -(w1 // w2) * np.asarray(x1, dtype=float) - theta // w2


@misconception("decision_line")
def draws_a_vertical_line_at_infinity(w, theta, x1):
    """When w2 is 0 the formula divides by zero: a line that cannot be written as x2 of x1 is a ValueError."""
    w1, w2 = (float(value) for value in w)
    with np.errstate(all="ignore"):
        return -np.divide(w1, w2) * np.asarray(x1, dtype=float) - np.divide(theta, w2)


@misconception("decision_line")
def flattens_a_vertical_line(w, theta, x1):
    """When w2 is 0 the line is vertical; a horizontal one in its place is wrong without saying so."""
    w1, w2 = (float(value) for value in w)
    if w2 == 0:
        return np.zeros(np.shape(x1))
    return -w1 / w2 * np.asarray(x1, dtype=float) - theta / w2


@misconception("error_rate")
def is_the_accuracy(x, d, w, theta):
    """Your result is the share of the right answers; the error rate is the share of the others."""
    return 1.0 - _error_rate(x, d, w, theta)


@misconception("error_rate")
def counts_without_dividing(x, d, w, theta):
    """Your result is a number of samples; a rate is a share of all of them, from 0 to 1."""
    return _error_rate(x, d, w, theta) * len(x)


@misconception("error_rate")
def averages_the_differences(x, d, w, theta):
    """The difference between +1 and -1 is 2: every mistake is counted twice."""
    x, d = _labelled(x, d)
    return float(np.mean(np.abs(predict(x, w, theta) - d)))


@misconception("error_rate")
def lets_the_two_kinds_cancel(x, d, w, theta):
    """A missed +1 and a missed -1 are two mistakes, not none: differences with a sign cancel."""
    x, d = _labelled(x, d)
    return float(np.abs(np.mean(predict(x, w, theta) - d)) / 2)


@misconception("error_rate")
def squares_the_differences(x, d, w, theta):
    """The squared difference between +1 and -1 is 4: that is the mean squared error, not the share of
    mistakes.
    """
    x, d = _labelled(x, d)
    return float(np.mean((predict(x, w, theta) - d) ** 2))


@misconception("error_rate")
def looks_at_the_positives_only(x, d, w, theta):
    """The share is taken of all samples, and a -1 that is called +1 is a mistake as well."""
    x, d = _labelled(x, d)
    return float(np.mean((d == 1) & (predict(x, w, theta) == -1)))


@misconception("error_rate")
def compares_with_labels_0_and_1(x, d, w, theta):
    """The labels are +1 and -1: with another coding every sample of one class looks wrong."""
    x, d = _labelled(x, d)
    return float(np.mean((x @ np.asarray(w, dtype=float) + theta > 0).astype(int) != d))


@misconception("error_rate")
def finds_nothing_wrong_with_nothing(x, d, w, theta):
    """With no samples there is no share: it is neither 0 nor NaN but a ValueError."""
    return _error_rate(x, d, w, theta) if len(x) else 0.0


# A wrong function takes the place of the right one, also for itself: right ones under other names.
def _update(w, theta, x_n, d_n, eta):
    w, x_n = np.asarray(w, dtype=float), np.asarray(x_n, dtype=float)
    _check_update(w, x_n, d_n)
    if sgn(w @ x_n + theta) == d_n:
        return w, theta
    return w + eta * d_n * x_n, theta + eta * d_n


def _error_rate(x, d, w, theta):
    x, d = _labelled(x, d)
    return float(np.mean(predict(x, w, theta) != d))


def _check_update(w, x_n, d_n):
    if np.shape(w) != np.shape(x_n) or d_n not in (1, -1):
        raise ValueError("sample, weights and label do not fit")


def _two(w):
    w1, w2 = (float(value) for value in w)
    if w2 == 0:
        raise ValueError("w2 is 0")
    return w1, w2


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
