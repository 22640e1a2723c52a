"""A student's model is trained on a novel, and judged by how many bits per character it needs for the rest of it."""

import course_data
import keras
import numpy as np

from grader.hidden.ex12_text_generation.known_language_models import softmax
from grader.hidden.returned_models import model_of
from grader.hidden.training import Budget, train


def novel():
    """Both parts of the novel as ids, and the size of the alphabet.

    Line breaks and rows of spaces become one space each: where the lines of a printed page end, nobody can predict. The
    alphabet is reversed, so that 0 is a rare character: whoever takes it for padding has paid for that in build_model.
    """
    train, test = (" ".join(text.split()) for text in course_data.load_austen())
    alphabet = {character: i for i, character in enumerate(sorted(set(train), reverse=True))}
    return *(np.array([alphabet[character] for character in text]) for text in (train, test)), len(alphabet)


def cut(ids, characters, length):
    count = min(characters, len(ids) - 1) // length
    return ids[: count * length].reshape(count, length), ids[1 : count * length + 1].reshape(count, length)


def bits(model, x, y):
    """Bits per character that `model` needs for `y`; scores are turned into the probabilities that they mean."""
    outputs = model.predict(x, batch_size=256, verbose=0).astype(float)
    probabilities = softmax(outputs) if outputs.min() < 0 else outputs / outputs.sum(axis=-1, keepdims=True)
    return -np.log2(np.take_along_axis(probabilities, y[..., None], axis=-1)).mean()


def bits_after_training(build_model, seed, profile, trainings):
    """Bits per character of unseen text, at best, while the grader trains the model."""
    learned, unseen, size = novel()
    data = cut(learned, profile["characters"], profile["length"])
    test = cut(unseen, profile["test_characters"], profile["length"])
    keras.utils.set_random_seed(seed)
    model = model_of(build_model(size, profile["length"]))
    # Scores can be trained, too: whether outputs are probabilities is for the tests of build_model.
    are_scores = bool(keras.ops.convert_to_numpy(model(test[0][:1])).min() < 0)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=are_scores)
    return train(model, data, test, loss, Budget(**profile["budget"]), bits, seed, trainings, at_most=profile["bits"])
