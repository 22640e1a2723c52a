"""Hidden tests of ex13: pictures become what the network sees and come back, and its layers are read."""

import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close, exactly
from grader.hidden.ex13_style_transfer.painting import (
    batch_of,
    conv,
    draw_network,
    draw_picture,
    draw_weights,
    layer_by_layer,
)
from grader.hidden.returned_models import model_of

# preprocess, deprocess


@pytest.mark.task("preprocess", weight=2)
def test_network_gets_blue_first_without_the_mean(student, rng):
    """A batch of one: blue, green, red, each without the mean colour"""
    picture = draw_picture(rng, 5, 8)
    assert student.preprocess(picture) == close(batch_of(picture), rtol=1e-5, atol=1e-3)


@pytest.mark.task("preprocess")
def test_preprocesses_values_that_are_not_whole(student, rng):
    """The values of a picture need not be whole numbers"""
    picture = rng.uniform(0, 255, size=(6, 3, 3))
    assert student.preprocess(picture) == close(batch_of(picture), rtol=1e-5, atol=1e-3)


@pytest.mark.task("preprocess", edge=True)
def test_preprocesses_lists(student, rng):
    """A picture may be a list of lists"""
    picture = draw_picture(rng, 4, 6)
    assert student.preprocess(picture.tolist()) == close(batch_of(picture), rtol=1e-5, atol=1e-3)


@pytest.mark.task("preprocess", edge=True)
@pytest.mark.parametrize("shape", [(6, 6), (1, 6, 6, 3), (6, 6, 4), (6, 6, 1)])
def test_preprocess_refuses_what_is_no_picture(student, shape):
    """Anything but (H, W, 3) is a ValueError"""
    with pytest.raises(ValueError):
        student.preprocess(np.full(shape, 100.0))


@pytest.mark.task("deprocess", weight=2)
def test_deprocess_brings_the_picture_back(student, rng):
    """A picture that was prepared for the network comes back as it was"""
    picture = draw_picture(rng, 5, 8)
    back = np.asarray(student.deprocess(batch_of(picture).astype("float32")))
    assert back == exactly(picture)
    assert back.dtype == np.uint8, f"the picture is {back.dtype} where uint8 is expected"


@pytest.mark.task("deprocess", weight=2)
def test_deprocess_rounds(student, rng):
    """Values that are not whole become the nearest whole number"""
    picture = draw_picture(rng, 7, 4)
    moved = np.clip(picture + rng.uniform(-0.45, 0.45, size=picture.shape), 0, 255)
    assert student.deprocess(batch_of(moved).astype("float32")) == exactly(picture)


@pytest.mark.task("deprocess", weight=2)
def test_deprocess_clips(student, rng):
    """Values below 0 become 0, values above 255 become 255"""
    wild = rng.integers(-400, 600, size=(6, 9, 3))
    assert student.deprocess(batch_of(wild).astype("float32")) == exactly(np.clip(wild, 0, 255))


@pytest.mark.task("deprocess", edge=True)
def test_deprocess_takes_lists(student, rng):
    """A batch may be a list of lists"""
    picture = draw_picture(rng, 4, 6)
    assert student.deprocess(batch_of(picture).tolist()) == exactly(picture)


@pytest.mark.task("deprocess", edge=True)
@pytest.mark.parametrize("shape", [(6, 6, 3), (1, 6, 3), (2, 6, 6, 3), (1, 6, 6, 1)])
def test_deprocess_refuses_what_is_no_batch_of_one(student, shape):
    """Anything but (1, H, W, 3) is a ValueError"""
    with pytest.raises(ValueError):
        student.deprocess(np.zeros(shape, dtype="float32"))


# build_feature_extractor


def outputs(model, x):
    result = model_of(model)(np.asarray(x, dtype="float32"))
    result = result if isinstance(result, list | tuple) else [result]
    return [keras.ops.convert_to_numpy(output) for output in result]


@pytest.mark.task("build_feature_extractor", weight=3)
@pytest.mark.parametrize("names", [("first", "second", "third"), ("third", "first"), ("quarter", "third", "second")])
def test_outputs_come_in_the_order_of_the_names(student, rng, names):
    """One output for each name, in the order of the names"""
    network, batch = draw_network(rng), rng.normal(size=(1, 8, 12, 3))
    answers = layer_by_layer(network, batch)
    found = outputs(student.build_feature_extractor(network, names), batch)
    assert len(found) == len(names), f"{len(found)} outputs for {len(names)} names"
    for output, name in zip(found, names, strict=True):
        assert output == close(answers[name], rtol=1e-3, atol=1e-4)


@pytest.mark.task("build_feature_extractor")
def test_looks_into_networks_that_branch(student, rng):
    """The layers of the network need not form a chain"""
    inputs = layers.Input((None, None, 3))
    left, right = conv("left", 4)(inputs), conv("right", 5)(inputs)
    network = draw_weights(keras.Model(inputs, conv("last", 6)(layers.Concatenate()([left, right]))), rng)
    batch = rng.normal(size=(2, 6, 5, 3)).astype("float32")
    found = outputs(student.build_feature_extractor(network, ["right", "left"]), batch)
    assert len(found) == 2, f"{len(found)} outputs for 2 names"
    for output, name in zip(found, ["right", "left"], strict=True):
        expected = keras.ops.convert_to_numpy(network.get_layer(name)(batch))
        assert output == close(expected, rtol=1e-3, atol=1e-4)


@pytest.mark.task("build_feature_extractor", edge=True)
@pytest.mark.parametrize("names", [[], ["first", "forth"]])
def test_extractor_refuses_unknown_or_no_layers(student, rng, names):
    """No name, or a layer that the network does not have, is a ValueError"""
    with pytest.raises(ValueError):
        student.build_feature_extractor(draw_network(rng), names)
