"""How hidden graders train a model that a student's function returned: until it has shown enough, and equal ones once.

What decides a training is the same for all files of a course: a test that trains draws its data and its seed with
`course_rng` and `course_seed`, and has a model built under that seed.
"""

import math
import time
from dataclasses import dataclass

import keras
import numpy as np

from grader.hidden.training_key import training_key


@dataclass(frozen=True)
class Budget:
    """How long a model may learn, and when the grader looks at what it can do."""

    epochs: int
    batch_size: int
    learning_rate: float
    looks: int = 1  # in each epoch
    cpu_seconds: float = math.inf  # a training that takes more is ended, and the model judged as it is then
    shuffled: bool = False  # labels that belong to other samples: so nothing is learned of the inputs
    clipnorm: float | None = None


def train(model, data, unseen, loss, budget, look, seed, trainings, *, at_least=None, at_most=None):
    """Train `model` by Adam, with a rate that falls to zero over the whole budget; return the best look at it.

    The grader looks at fixed points, and the first `look(model, *unseen)` that is `at_least` (or `at_most`) so much
    ends the training: it has shown enough. What never gets there is trained to the end and judged by its best look.

    `look` is a function of a module beside the tests: the key of an outcome that is kept has the hash of such modules.
    """
    key = ""
    if trainings.keeps:
        key = training_key(model, [*data, *unseen], loss, look, (budget, seed, at_least, at_most, trainings.profile))
    looks = trainings.recall(key)
    if looks is None:
        made = _fit(model, data, unseen, loss, budget, look, seed, trainings.enough(at_least, at_most))
        looks = made.values
        if not made.cut:
            trainings.keep(key, looks)
    best = np.fmax if at_most is None else np.fmin  # of values that are numbers
    return float(best.reduce(looks, initial=math.nan))


def _fit(model, data, unseen, loss, budget, look, seed, enough):
    x, y = data
    if budget.shuffled:
        y = y[np.random.default_rng(len(y)).permutation(len(y))]
    steps = -(-len(x) // budget.batch_size)
    rate = keras.optimizers.schedules.CosineDecay(budget.learning_rate, budget.epochs * steps)
    # Without `metrics`, Keras would keep those that the student may have compiled the model with.
    model.compile(keras.optimizers.Adam(rate, clipnorm=budget.clipnorm), loss, metrics=[])
    looks = _Looks(lambda model: look(model, *unseen), enough, -(-steps // budget.looks), budget.cpu_seconds)
    keras.utils.set_random_seed(seed)
    model.fit(x, y, batch_size=budget.batch_size, epochs=budget.epochs, verbose=0, callbacks=[looks])
    return looks


class _Looks(keras.callbacks.Callback):
    """Looks at a model while it is trained; ends that when one look is enough, or when it took too long."""

    def __init__(self, look, enough, every, cpu_seconds):
        """It looks `every` so many steps, and at the end of an epoch."""
        super().__init__()
        self.values, self.cut = [], False
        self._look, self._enough, self._every = look, enough, every
        self._step = self._seen = 0
        self._end = time.process_time() + cpu_seconds

    def on_train_batch_end(self, batch, logs=None):
        self._step += 1
        if time.process_time() > self._end:
            self.cut = self.model.stop_training = True
        elif (batch + 1) % self._every == 0:
            self._look_now()

    def on_epoch_end(self, epoch, logs=None):
        if self._seen < self._step:
            self._look_now()

    def _look_now(self):
        started = time.process_time()
        self.values.append(float(self._look(self.model)))
        self._seen = self._step
        self._end += time.process_time() - started  # to look is the grader's time
        if self._enough(self.values[-1]):
            self.model.stop_training = True
