"""What goes wrong on the way from a picture into the network and back."""

from grader.misconceptions import misconception

# preprocess, deprocess


@misconception("preprocess")
def red_stays_first(image):
    """The network was trained with blue first. Compare your first channel with the blue of the picture: the mean
    colours are in the right order, but the picture is not."""
    return _picture(image)[np.newaxis] - np.float32(MEAN_BGR)


@misconception("preprocess")
def mean_is_added(image):
    """After the step a picture of the mean colour should be zero everywhere. Yours is twice the mean."""
    return _picture(image)[np.newaxis, :, :, ::-1] + np.float32(MEAN_BGR)


@misconception("deprocess")
def wraps_around(batch):
    """An uint8 has no place for 256 or -1: such values start again at the other end, and bright spots turn black.
    What should happen to values out of range, and when?"""
    return np.round(_picture_of(batch)).astype("int64").astype("uint8")


@misconception("deprocess")
def cuts_the_fraction_off(batch):
    """Turning 99.9 into an integer gives 99: the fraction is cut off, and a picture comes back darker than it was.
    Take the nearest integer."""
    return np.clip(_picture_of(batch), 0, 255).astype("uint8")


# build_feature_extractor


@misconception("build_feature_extractor")
def order_of_the_network(base, layer_names):
    """You go through the layers of the network and keep those that are asked for: the outputs are in the order of the
    network. Whoever calls the function expects the order of the names."""
    if not layer_names or not set(layer_names) <= {layer.name for layer in base.layers}:
        raise ValueError("no such layers")
    return keras.Model(base.input, [layer.output for layer in base.layers if layer.name in layer_names])


def _picture(image):
    image = np.asarray(image, dtype="float32")
    if image.ndim != 3 or image.shape[-1] != 3:
        raise ValueError("no picture")
    return image


def _picture_of(batch):
    batch = ops.convert_to_numpy(batch)
    if batch.ndim != 4 or batch.shape[0] != 1 or batch.shape[-1] != 3:
        raise ValueError("no batch of one picture")
    return (batch[0] + np.float32(MEAN_BGR))[:, :, ::-1]
