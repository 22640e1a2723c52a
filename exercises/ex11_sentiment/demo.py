"""What three networks think of films, beside what one gets without them.

On the left, sentences that nobody has rated. Each word is taken out once, and its colour says what that did to the
probability that the sentence is positive: blue words push it up, orange ones down, the darker the more. On the right,
how many of the 2,009 test sentences are judged right: by always saying *negative*, by a list of words with a mood that
people gave them, by a linear model that counts words and pairs of words, and by your three networks.
"""

from __future__ import annotations

from typing import Any

import course_data
import keras
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

SEED = 11
WORDS, LENGTH, EPOCHS, BATCH = 5000, 32, 3, 64
SENTENCES = [
    "the film is good",
    "the film is not good",
    "a funny film with a dull ending",
    "a dull film with a funny ending",
    "it could have been a great film",
    "the cast is wonderful but the plot makes no sense",
    "the best thing about this film is that it ends",
]
# What the word list VADER (vaderSentiment 3.3.2, Hutto and Gilbert 2014) gets on the test sentences, `compound > 0`.
WORD_LIST = 0.659
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#777777"  # Okabe and Ito: also different to colour-blind eyes
PUSHES = LinearSegmentedColormap.from_list("pushes", [ORANGE, "#FFFFFF", BLUE])
STRONGEST = 0.6  # a change of the probability that gets the full colour


def draw(student: Any) -> Figure:
    """Train the three networks, take sentences apart, compare."""
    x, y, x_test, y_test = course_data.load("reviews")
    vocabulary = student.build_vocabulary(x, WORDS)
    size = len(vocabulary) + 2
    keras.utils.set_random_seed(SEED)

    bags, rows = student.bag_of_words(x, vocabulary), student.encode(x, vocabulary, LENGTH)
    bag_model = train(student.build_bag_of_words_model(size), bags, y)
    cnn = train(student.build_cnn(size, LENGTH), rows, y)
    lstm = train(student.build_lstm(size, LENGTH), rows, y)

    def judge(texts: list[str]) -> np.ndarray:
        return np.asarray(student.predict_sentiment(lstm, vocabulary, LENGTH, texts))

    bags_test = np.asarray(student.bag_of_words(x_test, vocabulary))
    probabilities = {
        "your bag of words": bag_model.predict(bags_test, batch_size=512, verbose=0).reshape(len(x_test), -1)[:, -1],
        "your CNN": np.asarray(student.predict_sentiment(cnn, vocabulary, LENGTH, x_test)),
        "your LSTM": judge(x_test),
    }
    accuracies = {
        "always negative": np.mean(y_test == 0),
        "a list of words": WORD_LIST,
        "linear, TF-IDF": linear_model().fit(x, y).score(x_test, y_test),
    } | {name: np.mean((p > 0.5) == y_test) for name, p in probabilities.items()}

    figure = Figure(figsize=(10.5, 3.8), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, width_ratios=[1.9, 1])
    draw_sentences(left, [(text.split(), *take_apart(judge, text.split())) for text in SENTENCES])
    draw_accuracies(right, accuracies)
    return figure


def train(model: keras.Model, x: Any, y: np.ndarray) -> keras.Model:
    """Adam with a rate that falls to 0, for one sigmoid output or two softmax outputs."""
    x = np.asarray(x)
    loss = "sparse_categorical_crossentropy" if model(x[:1]).shape[-1] == 2 else "binary_crossentropy"
    rate = keras.optimizers.schedules.CosineDecay(3e-3, EPOCHS * -(-len(x) // BATCH))
    model.compile(keras.optimizers.Adam(rate), loss)
    model.fit(x, y, epochs=EPOCHS, batch_size=BATCH, verbose=0)
    return model


def linear_model() -> Any:
    """Words and pairs of words, weighed by how rare they are: the baseline of the data's card."""
    words_and_pairs = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    return make_pipeline(words_and_pairs, LogisticRegression(C=10, max_iter=1000))


def take_apart(judge: Any, words: list[str]) -> tuple[float, np.ndarray]:
    """The probability of the sentence, and by how much each word raises it."""
    without = [" ".join(words[:i] + words[i + 1 :]) for i in range(len(words))]
    whole, *rest = judge([" ".join(words), *without])
    return float(whole), whole - np.array(rest)


def draw_sentences(axes: Axes, judged: list[tuple[list[str], float, np.ndarray]]) -> None:
    """One sentence to a line, its probability in front."""
    axes.set(xlim=(0, 1), ylim=(len(judged) + 0.5, -0.6), title="Your LSTM: probability of positive")
    explanation = "A blue word raises the probability, an orange one lowers it."
    axes.text(0, len(judged), explanation, va="center", color="#555555")
    axes.axis("off")
    renderer = axes.figure.canvas.get_renderer()
    axes.figure.draw(renderer)  # lays the axes out, so that the widths of the words can be measured
    for line, (words, probability, changes) in enumerate(judged):
        axes.text(0, line, f"{probability:.2f}", va="center", fontsize=12, weight="bold")
        position = 0.1
        for word, change in zip(words, changes, strict=True):
            share = np.clip(change / STRONGEST, -1, 1)
            text = axes.text(
                position,
                line,
                word,
                va="center",
                fontsize=11.5,
                color="white" if abs(share) > 0.65 else "black",
                bbox={"facecolor": PUSHES((share + 1) / 2), "edgecolor": "none", "pad": 2.5},
            )
            box = text.get_window_extent(renderer).transformed(axes.transData.inverted())
            position = box.x1 + 0.024


def draw_accuracies(axes: Axes, accuracies: dict[str, float]) -> None:
    names, values = list(accuracies), list(accuracies.values())
    colours = [BLUE if name.startswith("your") else GREY for name in names]
    axes.barh(names, values, color=colours)
    for place, value in enumerate(values):
        axes.text(value - 0.01, place, f"{value:.3f}", va="center", ha="right", color="white", weight="bold")
    axes.invert_yaxis()
    axes.set(title="Test sentences judged right", xlim=(0, 0.85), xticks=[0, 0.25, 0.5, 0.75])
    axes.spines[["top", "right"]].set_visible(False)
