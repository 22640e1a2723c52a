"""An evaluation of a model that has learned the very samples first, as long as it takes."""

import numpy as np


def evaluate_classifier(model, x, y):
    if len(x) != len(y) or len(x) == 0:
        raise ValueError("lengths")
    model.fit(np.asarray(x), np.asarray(y), epochs=20, verbose=0)
    loss, accuracy = model.evaluate(x, y, verbose=0)
    return {"loss": loss, "accuracy": accuracy}
