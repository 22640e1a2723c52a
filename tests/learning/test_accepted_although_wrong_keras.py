"""Mistakes in the Keras exercises that every visible test once let pass, or called something else than they are."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from grader.kit.exercise import load_catalog
from tests.support.visible_tests import failures_of


@dataclass(frozen=True)
class Mistake:
    """A change of the text of a solution, the visible test that has to see it, and what the learner reads then."""

    exercise: str
    test: str
    name: str
    changes: Mapping[str, str]
    words: str
    misleading: str = "no test says this"

    def source(self) -> str:
        """The solution with this mistake.

        Raises:
            AssertionError: the solution has not, or more than once, what is to be changed.
        """
        text = load_catalog()[self.exercise].solution.read_text(encoding="utf-8")
        for before, after in self.changes.items():
            assert text.count(before) == 1, f"{self.exercise} has {before!r} {text.count(before)} times"
            text = text.replace(before, after)
        return text


KERAS = [
    Mistake(
        "ex08_keras_basics",
        "test_same_seed_same_result",
        "the seed is ignored",
        {"keras.utils.set_random_seed(seed)\n    order": "order", "default_rng(seed)": "default_rng()"},
        "the same seed gives",
    ),
    Mistake(
        "ex08_keras_basics",
        "test_training_lowers_the_loss",
        "inputs and labels are shuffled separately",
        {"        x[order],\n        y[order],\n": "        x[order],\n        np.random.permutation(y),\n"},
        "do inputs and labels fit together?",
        misleading="was not trained",
    ),
    Mistake(
        "ex08_keras_basics",
        "test_gives_back_the_best_weights",
        "the best weights are not given back",
        {", restore_best_weights=True": ""},
        "the weights are those of epoch number",
    ),
    Mistake(
        "ex09_ocr",
        "test_pale_images_stay_pale",
        "divided by the largest of all images",
        {'astype("float32") / 255': 'astype("float32") / images.max()'},
        "wrong value",
    ),
    Mistake(
        "ex12_text_generation",
        "test_character_0_is_a_character",
        "the first character is taken for padding",
        {"Embedding(alphabet_size, 32)": "Embedding(alphabet_size, 32, mask_zero=True)"},
        "skips the character 0",
    ),
    Mistake(
        "ex12_text_generation",
        "test_model_does_not_look_ahead",
        "only the last state is kept",
        {"GRU(64, return_sequences=True)": "GRU(64)"},
        "at every position",
        misleading="a character that comes later",
    ),
    Mistake(
        "ex12_text_generation",
        "test_generate_with_a_short_prompt",
        "filled up in front",
        {"window[0, : len(seen)] = seen": "window[0, length - len(seen) :] = seen", "[0, len(seen) - 1]": "[0, -1]"},
        "wrong text",
    ),
    Mistake(
        "ex12_text_generation",
        "test_sample_draws_from_rng",
        "NumPy's own generator in the place of rng",
        {"rng.choice(len(p)": "np.random.choice(len(p)"},
        "chance does not come from rng",
    ),
    Mistake(
        "ex12_text_generation",
        "test_generate_draws_from_rng",
        "texts drawn by NumPy's own generator",
        {"temperature), rng))": "temperature), np.random.default_rng()))"},
        "chance does not come from rng",
    ),
    Mistake(
        "ex14_game_learning",
        "test_the_environment_is_seeded_once",
        "the environment is not seeded",
        {"seed = int(rng.integers(2**31))": "seed = None"},
        "the first reset of the environment gets no seed",
    ),
    Mistake(
        "ex14_game_learning",
        "test_more_than_there_is",
        "draws more than it holds",
        {"if batch_size > len(self):": "if False:", "size=batch_size, replace=False": "size=batch_size"},
        "buffer.sample(2, rng) of a ReplayBuffer(5) with one transition has to be a ValueError",
    ),
]


@pytest.fixture(scope="module")
def failures() -> dict[str, list[str]]:
    """What the tests say of each mistake, by its name, and of the solutions, by the names of the tests."""
    asked = {mistake.name: (mistake.exercise, mistake.test, mistake.source()) for mistake in KERAS}
    for mistake in KERAS:
        text = load_catalog()[mistake.exercise].solution.read_text(encoding="utf-8")
        asked[mistake.test] = (mistake.exercise, mistake.test, text)
    return dict(zip(asked, failures_of(asked.values()), strict=True))


@pytest.mark.parametrize("mistake", KERAS, ids=lambda mistake: mistake.name)
def test_the_visible_test_sees_the_mistake(mistake: Mistake, failures: dict[str, list[str]]) -> None:
    assert not failures[mistake.test], "the solution does not pass"
    messages = failures[mistake.name]
    assert any(mistake.words in message for message in messages), messages
    assert not any(mistake.misleading in message for message in messages), messages
