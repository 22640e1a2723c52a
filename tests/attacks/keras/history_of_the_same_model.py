"""Honest numbers, once for every epoch, of a model that was never trained.

Says: while a network is trained
"""


def train_classifier(model, x, y, epochs, batch_size, seed):
    if len(x) != len(y):
        raise ValueError("lengths")
    loss, accuracy = model.evaluate(x, y, verbose=0)
    numbers = {"loss": loss, "accuracy": accuracy, "val_loss": loss, "val_accuracy": accuracy}
    return model, {name: [number] * epochs for name, number in numbers.items()}
