"""What goes wrong with the metrics of classifiers: denominators, directions, empty classes."""

import numpy as np

from grader.misconceptions import misconception


@misconception("confusion_matrix")
def puts_the_predictions_in_the_rows(y_true, y_pred, num_classes):
    """Your matrix is transposed: the slide puts the predictions in the rows, the docstring the true classes."""
    return _confusion(y_pred, y_true, num_classes)


@misconception("confusion_matrix")
def counts_every_pair_once(y_true, y_pred, num_classes):
    """A pair that occurs several times is counted once: adding 1 at an array of positions adds it only once
    to each.
    """
    y_true, y_pred = _checked_labels(y_true, y_pred, num_classes)
    matrix = np.zeros((num_classes, num_classes), dtype=int)
    matrix[y_true, y_pred] += 1
    return matrix


@misconception("confusion_matrix")
def counts_in_floats(y_true, y_pred, num_classes):
    """Counts are whole numbers: which dtype does an array of zeros have when none is given?"""
    return _confusion(y_true, y_pred, num_classes).astype(float)


@misconception("confusion_matrix")
def turns_rows_into_shares(y_true, y_pred, num_classes):
    """The matrix counts samples; shares of each true class are a second step that nobody asked for here."""
    matrix = _confusion(y_true, y_pred, num_classes)
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


@misconception("confusion_matrix")
def takes_the_size_from_the_labels(y_true, y_pred, num_classes):
    """A class that happens not to occur still has its row and its column: the size is given."""
    y_true, y_pred = _checked_labels(y_true, y_pred, num_classes)
    return _confusion(y_true, y_pred, int(max(y_true.max(), y_pred.max())) + 1)


@misconception("confusion_matrix")
def counts_the_right_ones_only(y_true, y_pred, num_classes):
    """Your matrix counts the right answers only, on its diagonal, which is the easy half: the mistakes, beside
    it, are what the matrix is for.
    """
    return np.diag(np.diag(_confusion(y_true, y_pred, num_classes)))


@misconception("confusion_matrix")
def takes_label_minus_one_for_the_last_class(y_true, y_pred, num_classes):
    """Python counts -1 from the end, so that an impossible label lands in the last class: check the labels
    first.
    """
    y_true, y_pred = _paired(y_true, y_pred)
    if max(y_true.max(), y_pred.max()) >= num_classes:
        raise ValueError("unknown label")
    matrix = np.zeros((num_classes, num_classes), dtype=int)
    np.add.at(matrix, (y_true, y_pred), 1)
    return matrix


@misconception("confusion_matrix")
def leaves_unknown_labels_out(y_true, y_pred, num_classes):
    """A label that is not a class is a mistake of the caller: leaving it out hides it."""
    y_true, y_pred = _paired(y_true, y_pred)
    matrix = np.zeros((num_classes, num_classes), dtype=int)
    for t, p in zip(y_true, y_pred, strict=True):
        if 0 <= t < num_classes and 0 <= p < num_classes:
            matrix[t, p] += 1
    return matrix


@misconception("confusion_matrix")
def stops_at_the_shorter_one(y_true, y_pred, num_classes):
    """Pairing two lists stops at the end of the shorter one and says nothing: compare the lengths first."""
    shorter = min(len(y_true), len(y_pred))
    return _confusion(y_true[:shorter], y_pred[:shorter], num_classes)


@misconception("accuracy")
def judges_only_whether_it_is_class_1(y_true, y_pred):
    """Taking class 2 for class 3 is a mistake as well: compare the labels, not "is it class 1?"."""
    y_true, y_pred = _paired(y_true, y_pred)
    return float(np.mean((y_true == 1) == (y_pred == 1)))


@misconception("accuracy")
def counts_the_matches(y_true, y_pred):
    """Your result is the number of right answers; accuracy is their share of all samples."""
    return int(np.sum(np.equal(*_paired(y_true, y_pred))))


@misconception("accuracy")
def is_in_percent(y_true, y_pred):
    """Your result is in percent. A share is a number from 0 to 1: 70 percent is 0.7."""
    return float(100 * np.mean(np.equal(*_paired(y_true, y_pred))))


@misconception("accuracy")
def is_the_error_rate(y_true, y_pred):
    """Your result is the share of the wrong answers: which way round does accuracy count?"""
    return float(np.mean(np.not_equal(*_paired(y_true, y_pred))))


@misconception("accuracy")
def forgets_the_true_negatives(y_true, y_pred):
    """Saying "no" to a negative sample is right as well: TN stands in the numerator beside TP."""
    y_true, y_pred = _paired(y_true, y_pred)
    return float(np.mean((y_true == y_pred) & (y_true > 0)))


@misconception("accuracy")
def averages_the_classes(y_true, y_pred):
    """The mean of the recalls is the *balanced* accuracy: here every sample has the same weight, not every
    class.
    """
    y_true, y_pred = _paired(y_true, y_pred)
    return float(np.mean([np.mean(y_pred[y_true == label] == label) for label in np.unique(y_true)]))


@misconception("accuracy")
def compares_any_lengths(y_true, y_pred):
    """NumPy stretches a single label to any length, and the mean of nothing is NaN: check lengths and
    emptiness first.
    """
    return float(np.mean(np.asarray(y_true) == np.asarray(y_pred)))


@misconception("precision")
def divides_by_the_positives(y_true, y_pred, positive=1):
    """Look at the denominator: precision asks about the samples that were *predicted* positive. This is
    recall.
    """
    return recall(y_true, y_pred, positive)


@misconception("precision")
def is_not_a_number_without_predictions(y_true, y_pred, positive=1):
    """When nothing was predicted positive, the denominator is 0: the docstring says what to return then."""
    y_true, y_pred = _paired(y_true, y_pred)
    with np.errstate(all="ignore"):
        return float(np.sum((y_true == positive) & (y_pred == positive)) / np.sum(y_pred == positive))


@misconception("precision")
def always_takes_1_for_the_positive_label(y_true, y_pred, positive=1):
    """The caller chooses which label is positive: where does your function use that argument?"""
    return _precision(y_true, y_pred, 1)


@misconception("precision")
def takes_every_label_above_0_for_positive(y_true, y_pred, positive=1):
    """Only one label is positive; with more than two classes all the others, also 2 and 3, are negative."""
    y_true, y_pred = _paired(y_true, y_pred)
    return _precision(y_true > 0, y_pred > 0, True)


@misconception("precision")
def counts_every_match_as_a_true_positive(y_true, y_pred, positive=1):
    """A true positive is not any right answer: it is positive and was predicted positive."""
    y_true, y_pred = _paired(y_true, y_pred)
    return _divide(np.sum(y_true == y_pred), np.sum(y_pred == positive))


@misconception("precision")
def divides_by_all_samples(y_true, y_pred, positive=1):
    """Of which samples is precision a share? Not of all of them: of those that were predicted positive."""
    y_true, y_pred = _paired(y_true, y_pred)
    return float(np.mean((y_true == positive) & (y_pred == positive)))


@misconception("precision")
def is_zero_for_no_samples(y_true, y_pred, positive=1):
    """0.0 is the answer when nothing was predicted positive; when there is nothing at all, it is a
    ValueError.
    """
    return _precision(y_true, y_pred, positive) if len(y_true) else 0.0


@misconception("recall")
def divides_by_the_predicted_positives(y_true, y_pred, positive=1):
    """Look at the denominator: recall asks how many of the samples that *are* positive were found. This is
    precision.
    """
    return precision(y_true, y_pred, positive)


@misconception("recall")
def is_not_a_number_without_positives(y_true, y_pred, positive=1):
    """When no sample is positive, the denominator is 0: the docstring says what to return then."""
    y_true, y_pred = _paired(y_true, y_pred)
    with np.errstate(all="ignore"):
        return float(np.sum((y_true == positive) & (y_pred == positive)) / np.sum(y_true == positive))


@misconception("recall")
def is_perfect_without_positives(y_true, y_pred, positive=1):
    """Nothing was missed, true, but this course has another convention for 0 / 0: read in the docstring what is
    returned when no sample is positive.
    """
    return _recall(y_true, y_pred, positive, 1.0)


@misconception("recall")
def finds_the_label_1_only(y_true, y_pred, positive=1):
    """The caller chooses which label is positive: where does your function use that argument?"""
    return _recall(y_true, y_pred, 1, 0.0)


@misconception("recall")
def finds_the_negatives(y_true, y_pred, positive=1):
    """Your result is the specificity, the recall of the negatives: look at which samples the docstring asks for."""
    y_true, y_pred = _paired(y_true, y_pred)
    return _recall(y_true != positive, y_pred != positive, True, 0.0)


@misconception("recall")
def divides_by_every_sample(y_true, y_pred, positive=1):
    """The P of the slide is the number of positive samples, not the number of all samples."""
    y_true, y_pred = _paired(y_true, y_pred)
    return float(np.mean((y_true == positive) & (y_pred == positive)))


@misconception("recall")
def counts_both_kinds_of_mistakes(y_true, y_pred, positive=1):
    """P is TP + FN: a false alarm (FP) is not a positive sample, it lowers precision and not recall."""
    y_true, y_pred = _paired(y_true, y_pred)
    found, called = y_true == positive, y_pred == positive
    return _divide(np.sum(found & called), np.sum(found | called))


@misconception("f1_score")
def is_the_arithmetic_mean(y_true, y_pred, positive=1):
    """With precision 1 and recall 0 this gives 0.5: the *harmonic* mean is high only when both are."""
    return (precision(y_true, y_pred, positive) + recall(y_true, y_pred, positive)) / 2


@misconception("f1_score")
def is_the_geometric_mean(y_true, y_pred, positive=1):
    """The root of the product is the geometric mean: f1 divides the product by the sum."""
    return float(np.sqrt(precision(y_true, y_pred, positive) * recall(y_true, y_pred, positive)))


@misconception("f1_score")
def forgets_the_factor_of_two(y_true, y_pred, positive=1):
    """Try precision = recall = 1: a mean of 1 and 1 is 1, not one half."""
    p, r = precision(y_true, y_pred, positive), recall(y_true, y_pred, positive)
    return _divide(p * r, p + r)


@misconception("f1_score")
def divides_zero_by_zero(y_true, y_pred, positive=1):
    """When precision and recall are both 0, so is the denominator: the docstring says what to return then."""
    p, r = precision(y_true, y_pred, positive), recall(y_true, y_pred, positive)
    return 2 * p * r / (p + r)


@misconception("f1_score")
def does_not_pass_the_positive_label_on(y_true, y_pred, positive=1):
    """Your function is told which label is positive, but are precision and recall, which it asks, told so too?"""
    p, r = precision(y_true, y_pred), recall(y_true, y_pred)
    return _divide(2 * p * r, p + r)


@misconception("f1_score")
def is_the_overlap(y_true, y_pred, positive=1):
    """TP / (TP + FP + FN) is the Jaccard index, a sister of f1. In f1 the true positives count twice: compare
    with the formula in the docstring, from precision and recall.
    """
    y_true, y_pred = _paired(y_true, y_pred)
    real, called = y_true == positive, y_pred == positive
    return _divide(np.sum(real & called), np.sum(real | called))


@misconception("f1_score")
def averages_over_the_labels(y_true, y_pred, positive=1):
    """Your result is the macro average over the classes: here f1 is asked of one label, the positive one."""
    labels = np.unique(_paired(y_true, y_pred))
    p = np.array([precision(y_true, y_pred, label) for label in labels])
    r = np.array([recall(y_true, y_pred, label) for label in labels])
    return float(np.mean(2 * p * r / np.maximum(p + r, 1e-300)))


@misconception("cross_entropy")
def forgets_the_minus(y_true, y_prob, eps=1e-12):
    """The logarithm of a probability is negative and a loss should not be: where is its minus?"""
    return -_surprise(y_true, y_prob, eps)


@misconception("cross_entropy")
def measures_in_bits(y_true, y_prob, eps=1e-12):
    """The logarithm to base 2 measures in bits; the docstring asks for nats, the natural logarithm."""
    return _surprise(y_true, y_prob, eps) / np.log(2)


@misconception("cross_entropy")
def sums_over_the_samples(y_true, y_prob, eps=1e-12):
    """Twice the samples, twice the loss? The sum runs over the classes; over the samples it is a mean."""
    return _surprise(y_true, y_prob, eps) * len(y_true)


@misconception("cross_entropy")
def averages_over_the_classes_as_well(y_true, y_prob, eps=1e-12):
    """A mean over all entries of the matrix also divides by the number of classes: first the sum of each row,
    then the mean.
    """
    return _surprise(y_true, y_prob, eps) / np.shape(y_true)[1]


@misconception("cross_entropy")
def does_not_clip(y_true, y_prob, eps=1e-12):
    """The logarithm of 0 is minus infinity, and 0 times that is NaN: what is eps for?"""
    y_true, y_prob = _paired(y_true, y_prob)
    with np.errstate(all="ignore"):
        return float(-np.mean(np.sum(y_true * np.log(y_prob), axis=1)))


@misconception("cross_entropy")
def adds_eps(y_true, y_prob, eps=1e-12):
    """Adding eps changes every probability, and makes a certain one larger than 1: clipping touches the small
    ones only.
    """
    y_true, y_prob = _paired(y_true, y_prob)
    return float(-np.mean(np.sum(y_true * np.log(y_prob + eps), axis=1)))


@misconception("cross_entropy")
def clips_on_both_sides(y_true, y_prob, eps=1e-12):
    """A probability of 1 is harmless, its logarithm is 0: the upper limit is 1, not 1 - eps."""
    y_true, y_prob = _paired(y_true, y_prob)
    return _surprise(y_true, np.clip(y_prob, eps, 1 - eps), eps)


@misconception("cross_entropy")
def uses_a_constant_instead_of_eps(y_true, y_prob, eps=1e-12):
    """The smallest probability is an argument, `eps`, and need not be what it usually is: where does your
    function use it?
    """
    return _surprise(y_true, y_prob, 1e-12)


@misconception("cross_entropy")
def makes_rows_sum_to_one_again(y_true, y_prob, eps=1e-12):
    """After clipping, the rows are used as they are: dividing by their sums changes all the other
    probabilities.
    """
    y_true, y_prob = _paired(y_true, y_prob)
    clipped = np.clip(y_prob, eps, 1)
    return _surprise(y_true, clipped / clipped.sum(axis=1, keepdims=True), 0)


@misconception("cross_entropy")
def swaps_truth_and_prediction(y_true, y_prob, eps=1e-12):
    """Of which of the two is the logarithm taken? Of the prediction: the truth is full of zeros."""
    return _surprise(y_prob, y_true, eps)


@misconception("cross_entropy")
def treats_every_class_as_a_yes_or_no(y_true, y_prob, eps=1e-12):
    """The term (1 - y) log(1 - p) belongs to the binary cross-entropy: with one-hot rows only the true class is
    summed.
    """
    y_true, y_prob = _paired(y_true, y_prob)
    return _surprise(y_true, y_prob, eps) + _surprise(1 - y_true, 1 - np.clip(y_prob, eps, 1 - eps), eps)


@misconception("cross_entropy")
def scores_the_most_likely_class(y_true, y_prob, eps=1e-12):
    """Your result is the surprise of the predicted class; the question is how likely the *true* class was."""
    _paired(y_true, y_prob)
    return float(-np.mean(np.log(np.clip(np.max(y_prob, axis=1), eps, 1))))


@misconception("cross_entropy")
def takes_the_logarithm_of_the_mean(y_true, y_prob, eps=1e-12):
    """The mean of the logarithms is not the logarithm of the mean: what is the order of the two in the
    formula?
    """
    y_true, y_prob = _paired(y_true, y_prob)
    return float(-np.log(np.clip(np.mean(np.sum(y_true * y_prob, axis=1)), eps, 1)))


# A wrong function takes the place of the right one, also for itself: right ones under other names.
def _checked_labels(y_true, y_pred, num_classes):
    y_true, y_pred = _paired(y_true, y_pred)
    if min(y_true.min(), y_pred.min()) < 0 or max(y_true.max(), y_pred.max()) >= num_classes:
        raise ValueError("unknown label")
    return y_true, y_pred


def _confusion(y_true, y_pred, num_classes):
    y_true, y_pred = _checked_labels(y_true, y_pred, num_classes)
    matrix = np.zeros((num_classes, num_classes), dtype=int)
    np.add.at(matrix, (y_true, y_pred), 1)
    return matrix


def _divide(part, whole):
    return float(part / whole) if whole else 0.0


def _precision(y_true, y_pred, positive):
    y_true, y_pred = _paired(y_true, y_pred)
    return _divide(np.sum((y_true == positive) & (y_pred == positive)), np.sum(y_pred == positive))


def _recall(y_true, y_pred, positive, otherwise):
    y_true, y_pred = _paired(y_true, y_pred)
    real = y_true == positive
    return float(np.mean(y_pred[real] == positive)) if real.any() else otherwise


def _surprise(y_true, y_prob, eps):
    y_true, y_prob = _numbers(y_true, y_prob)
    return float(-np.mean(np.sum(y_true * np.log(np.clip(y_prob, eps, 1.0)), axis=1)))


def _numbers(y_true, y_pred):
    y_true, y_pred = _paired(y_true, y_pred)
    return y_true.astype(float), y_pred.astype(float)
