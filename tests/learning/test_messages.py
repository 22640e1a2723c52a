"""What a student reads of a wrong file: each message names what is wrong with it, with the values that show it."""

from __future__ import annotations

import re
from pathlib import Path

from support.wrong_runs import messages

# A wrong function in the place of a right one, which stays under another name.
WITHOUT_RETURN = "def recall(y_true, y_pred, positive=1):\n    pass\n\n\ndef _recall("
TO_DO = 'def precision(y_true, y_pred, positive=1):\n    raise NotImplementedError("ex01 precision")\n\n\ndef _right('
TWICE = "def precision(*args):\n    return _right(*args) / 2\n\n\ndef _right("
ONE_CLUSTER = (
    "def kmeans(*args):\n    centroids, labels = _kmeans(*args)\n    return centroids, labels * 0\n\n\ndef _kmeans("
)


def test_of_several_calls_each_is_shown_with_what_it_returned(tmp_path: Path):
    """It was the last call with a value of the first."""
    told = messages(tmp_path, "ex06", {"accumulator + grad**2": "accumulator + grad"}, "adagrad_step_by_hand")
    assert told["test_adagrad_step_by_hand"] == (
        "The accumulator is 9 + 16 = 25, then 25 + 144 = 169 "
        "called adagrad_step([1.], [4.], None, 0.1, initial_accumulator_value=9.0, epsilon=0.0) -> ([0.88906], [13.]) "
        "adagrad_step([0.88906], [12.], [13.], 0.1, initial_accumulator_value=9.0, epsilon=0.0) -> ([0.64906], [25.]) "
        "checked [0.8890599607549542, 0.6490599607549541] (made of it by the test) expected [0.92, 0.827692] "
        "problem wrong values 2 of 2 differ, first at [0]: 0.8890599607549542 instead of 0.92"
    )


def test_a_part_of_a_result_says_which_part_and_belongs_to_its_own_call(tmp_path: Path):
    told = messages(tmp_path, "ex02", {"(x - mean) / std": "(x - mean) / std + 1"}, "standardize_learns")
    text = told["test_standardize_learns_from_the_training_data_only"]
    assert "returned ([[0.], [2.]], [[1.], [4.]], [[-1.]]) checked returned[0]: [[0.], [2.]]" in text


def test_lists_that_a_test_makes_of_a_result_are_shown_and_compared(tmp_path: Path):
    """It was "problem the inputs of the batches", and the address of a generator."""
    told = messages(
        tmp_path,
        "ex06",
        {"range(0, len(x), batch_size)": "range(0, len(x) - batch_size, batch_size)"},
        "the_size_asked",
    )
    text = told["test_minibatches_have_the_size_asked_for"]
    assert ", 4, default_rng(0)) returned a generator" in text
    assert "checked [(4, 1), (4, 1)] (made of it by the test) expected [(4, 1), (4, 1), (2, 1)]" in text
    assert text.endswith("problem the inputs of the batches 2 elements in place of 3; missing at [2]: (2, 1)")


def test_an_assertion_with_a_text_shows_its_values_too(tmp_path: Path):
    """It was "problem each sample is a cluster" alone."""
    told = messages(tmp_path, "ex03", {"def kmeans(": ONE_CLUSTER}, "as_many_clusters")
    text = told["test_kmeans_with_as_many_clusters_as_samples"]
    assert "expected [0, 1, 2, 3, 4] problem each sample is a cluster first different at [1]: 0 instead of 1" in text


def test_a_task_that_uses_one_that_is_to_do_says_so(tmp_path: Path):
    """It was "to do", which f1_score is not."""
    told = messages(tmp_path, "ex01", {"def precision(": TO_DO}, "f1_score")
    text = told["test_f1_score_of_the_handout"]
    assert re.search(
        r"problem precision is to do \(metrics\.py, line \d+ in precision; f1_score calls it in line \d+\)", text
    )


def test_a_task_that_uses_one_without_a_return_says_so(tmp_path: Path):
    told = messages(tmp_path, "ex01", {"def recall(": WITHOUT_RETURN}, "f1_score or recall")
    text = told["test_f1_score_of_the_handout"]
    assert "TypeError: unsupported operand type(s) for *: 'float' and 'NoneType' (metrics.py, line " in text
    assert "recall returns nothing: is there a return?" in text
    assert "first put recall right: f1_score uses it, and the tests of recall fail" in text


def test_a_task_that_uses_a_wrong_one_says_which_to_mend_first(tmp_path: Path):
    told = messages(tmp_path, "ex01", {"def precision(": TWICE}, "f1_score or precision")
    assert "first put precision right" in told["test_f1_score_of_the_handout"]
    assert "put precision right" not in told["test_precision_of_the_handout"]


def test_a_test_that_calls_a_wrong_task_says_which_to_mend_first(tmp_path: Path):
    """No function of the file calls `forward` for `backward`: the test does, and hands over what came back."""
    changes = {"h = np.maximum(s, 0.0)": "h = np.minimum(s, 0.0)"}
    told = messages(tmp_path, "ex07", changes, "forward_of_three or backward_of_two_samples")
    first = "first put forward right: this test uses it, and the tests of forward fail"
    assert first in told["test_backward_of_two_samples_and_three_classes"]
    assert "put forward right" not in told["test_forward_of_three_classes"]


def test_of_two_wrong_tasks_the_one_that_spoils_the_other_is_named(tmp_path: Path):
    """`train` uses `backward`, too, whose tests fail: only because they call `forward`."""
    changes = {"s = dense_forward(h, W, b)": "s = dense_forward(h, W, b) + b"}
    told = messages(tmp_path, "ex07", changes, "forward_of_three or backward_of_two_samples or one_step_after")
    assert "put forward right: this test uses it" in told["test_backward_of_two_samples_and_three_classes"]
    assert "put forward right: train uses it" in told["test_train_takes_one_step_after_the_other"]


def test_a_dictionary_says_where_it_differs_and_which_is_which(tmp_path: Path):
    """It was "{'a': 0, 'goo...} == {'good': 2, ...}"."""
    told = messages(tmp_path, "ex11", {"FIRST_WORD + rank": "rank"}, "vocabulary_of_three_reviews or largest_number")
    assert (
        "returned {'good': 0, 'a': 1} expected {'good': 2, 'a': 3} "
        "problem wrong values wrong for 'good', 'a': 0 instead of 2 for 'good'"
    ) in told["test_largest_number_of_words"]


def test_what_keras_says_is_shown_and_an_empty_array_is_called_so(tmp_path: Path):
    """It was "UnboundLocalError ... 'batch_outputs'", and "'caaaaa' == 'cdabcd'"."""
    changes = {
        "np.arange(0, len(ids) - length, step)": "np.arange(0, len(ids) - 3 * length, step)",
        "ids.append(sample(apply_temperature(probabilities, temperature), rng))": "ids.append(0)",
    }
    told = messages(tmp_path, "ex12", changes, "bits or windows or generate_with_a_short")
    text = told["test_bits_of_blind_guessing"]
    assert "called bits_per_character(a Sequential of 3 layers, [0, 3, 1, 2, 0, 1, 3], 6)" in text
    assert "there is nothing to predict: the inputs hold no samples (text_generation.py, line " in text
    assert text.endswith("first put make_windows right: bits_per_character uses it, and the tests of make_windows fail")
    text = told["test_generate_with_a_short_prompt"]
    assert text.endswith(
        "returned 'caaaaa' checked 'aaaaa' (made of it by the test) expected 'dabcd' "
        "problem wrong text first different at character 0 (from 0): 'a' instead of 'd'"
    )


def test_keras_explanation_comes_whole_and_a_class_is_shown_with_what_was_done_to_it(tmp_path: Path):
    """It was "Exception encountered when calling Sequential.call()." alone; "no ValueError was raised" alone."""
    changes = {
        "model.predict_on_batch(np.asarray(state)[None])": "model(np.asarray(state)[None][:, :1])",
        "        if batch_size > len(self)": "        batch_size = 1\n        if batch_size > len(self)",
    }
    told = messages(tmp_path, "ex14", changes, "play_sums or more_than_there_is")
    text = told["test_play_sums_the_rewards"]
    assert "Exception encountered when calling Sequential.call(): Input 0 of layer " in text
    assert "but received input with shape (1, 1) (game_learning.py, line " in text
    assert "Arguments received" not in text
    text = told["test_more_than_there_is"]
    assert text.endswith(
        "Two of one transition are a ValueError "
        "problem buffer.sample(2, rng) of a ReplayBuffer(5) with one transition has to be a ValueError, "
        "and nothing happened"
    )


def test_the_type_of_numbers_is_shown_where_it_is_what_is_wrong(tmp_path: Path):
    """It was "expected array of shape (2, 28, 28, 1), float64" where float32 is right."""
    told = messages(tmp_path, "ex09", {'.astype("float32") / 255': " / 255"}, "float32")
    text = told["test_prepared_numbers_are_float32"]
    assert "returned array of numbers, shape (1, 28, 28, 1)" in text
    assert text.endswith("checked float64 (made of it by the test) expected float32 problem the type is float64")


def test_one_result_in_place_of_two_is_said_in_words(tmp_path: Path):
    """It was "returned [[0.64...]] / expected [[0.64...]] / wrong shape: (3,) where (2, 3) is expected"."""
    changes = {"return s, cache": "return s"}
    text = messages(tmp_path, "ex07", changes, "three_classes")["test_forward_of_three_classes"]
    assert "problem forward returns two things, the logits and a cache" in text


def test_a_wrong_spread_is_not_called_another_distribution(tmp_path: Path):
    """It was "0.0% of the weights lie beyond 1.8 standard deviations" of weights that were normal, and too small."""
    assert "test_init_params_draws_from_a_normal_distribution" not in messages(
        tmp_path / "narrow", "ex07", {"np.sqrt(2 / inputs)": "(2 / inputs)"}, "init_params"
    )
    even = {"rng.normal(0.0, np.sqrt(2 / inputs), size=(inputs, outputs))": "rng.uniform(-1, 1, (inputs, outputs))"}
    told = messages(tmp_path / "even", "ex07", even, "init_params")
    assert "0.0% of your weights lie beyond" in told["test_init_params_draws_from_a_normal_distribution"]
