"""Hidden tests of ex10: a network made on top of a trained one, and how it is woken."""

import course_data
import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close
from grader.hidden.ex10_image_recognition.bad_input import refuses
from grader.hidden.ex10_image_recognition.image_models import (
    awake,
    call,
    check_probabilities,
    find,
    flat,
    nested,
    tiny_base,
    to_numpy,
    train_to_recognise,
)
from grader.hidden.returned_models import loss_for_labels, model_of

CLIP_ART_MEAN = (103.939, 116.779, 123.68)  # what SqueezeNet wants to be subtracted: blue, green, red


# build_transfer_model


@pytest.mark.task("build_transfer_model", weight=4)
def test_base_is_frozen(student, rng):
    """All weights of the base are there, with their values, and none of them will be trained"""
    base = tiny_base(rng)
    weights = base.get_weights()
    model = model_of(student.build_transfer_model(base, 4))
    assert not any(awake(weights, model)), "a weight of the base is awake"


@pytest.mark.task("build_transfer_model")
def test_statistics_of_the_base_stay(student, rng):
    """The batch normalization of the base does not follow the new images"""
    base = tiny_base(rng)
    weights = base.get_weights()
    model = model_of(student.build_transfer_model(base, 4))
    assert np.shape(call(model, rng.normal(size=(3, 12, 12, 3)), training=True)) == (3, 4), "the head is missing"
    find(weights, model)


@pytest.mark.task("build_transfer_model", weight=2)
@pytest.mark.parametrize("num_classes", [2, 4])
def test_head_gives_probabilities_and_is_awake(student, rng, num_classes):
    """A new head with one softmax output per class, which will be trained"""
    model = model_of(student.build_transfer_model(tiny_base(rng), num_classes))
    check_probabilities(model, rng.normal(size=(4, 12, 12, 3)), num_classes)
    widths = [variable.shape[-1] for variable in model.trainable_variables]
    assert num_classes in widths, "the output layer will not be trained"


@pytest.mark.task("build_transfer_model", weight=2)
def test_images_go_into_the_base_as_they_are(student, rng):
    """The base sees the images as they come: they are already prepared for it"""
    inputs = keras.Input((8, 8, 3))
    base = keras.Model(inputs, layers.Conv2D(9, 1, activation="relu")(inputs))
    # Each feature is 0 up to a brightness of its own, and grows from there.
    slopes, brightness = rng.uniform(0.002, 0.01, size=9), rng.uniform(95, 140, size=9)
    base.set_weights([np.broadcast_to(slopes / 3, (1, 1, 3, 9)), -slopes * brightness])
    images = np.array([0, 90, 150, 200]).reshape(4, 1, 1, 1) * np.ones((8, 8, 3))
    probabilities = call(model_of(student.build_transfer_model(base, 3)), images)
    assert np.shape(probabilities) == (4, 3), "the head is missing"
    dark, grey, light, lighter = probabilities
    as_they_are = np.allclose(dark, grey, atol=1e-4) and abs(light - lighter).max() > 1e-3
    assert as_they_are, "the images do not reach the base as they are"


@pytest.mark.task("build_transfer_model")
def test_images_of_any_size(student, rng):
    """A base that takes images of any size gives a model that does"""
    model = model_of(student.build_transfer_model(tiny_base(rng, size=None), 4))
    for size in (12, 20):
        check_probabilities(model, rng.normal(size=(2, size, size, 3)), 4)


@pytest.mark.task("build_transfer_model", edge=True)
def test_transfer_refuses_a_single_class(student, rng):
    """A single class is a ValueError"""
    refuses(student.build_transfer_model, tiny_base(rng), 1)


@pytest.mark.trains
@pytest.mark.task("build_transfer_model", weight=3)
def test_learns_clip_art(student, course_seed, profile, trainings, record_property):
    """With SqueezeNet as the base and few pictures to learn from, it recognises new ones"""
    data = course_data.load("clip_art")
    x, x_test = (
        (images[..., ::-1] - np.float64(CLIP_ART_MEAN)).astype("float32") for images in (data.x_train, data.x_test)
    )
    known, unseen = (x, data.y_train), (x_test, data.y_test)
    keras.utils.set_random_seed(course_seed)
    model = model_of(student.build_transfer_model(course_data.squeezenet(x.shape[1:]), 5))
    found = train_to_recognise(model, known, unseen, profile["clip_art"], course_seed, trainings)
    record_property("clip_art.accuracy", found)
    assert found >= profile["clip_art"]["accuracy"], "after training, it does not recognise enough"


# unfreeze


def check_unfrozen(student, rng, count, check, learning_rate=1e-3):
    """`check(base, model)` holds for a model with the base inside, or with its layers, or made by the student.

    One of them is enough: `unfreeze` may rely on the way in which the student's `build_transfer_model` puts models
    together; but where that is wrong, it must cost nothing here.
    """

    def own(rng):
        base = tiny_base(rng)
        return base, student.build_transfer_model(base, 4)

    problems = []
    for build in (nested, flat, own):
        try:
            base, model = build(rng)
            return check(base, model_of(student.unfreeze(model, count, learning_rate)))
        except Exception as error:
            problems.append(error)
    *known, _ = problems
    raise next((error for error in known if isinstance(error, AssertionError)), known[0])


def awake_layers(base, model):
    """The names of the layers of the base of which a weight will be trained."""
    return {layer.name for layer in base.layers if any(awake(layer.get_weights(), model))}


@pytest.mark.task("unfreeze", weight=2)
@pytest.mark.parametrize(
    "awake",
    [{0: set(), 5: {"convolution_3"}}, {2: set(), 6: {"convolution_2", "convolution_3"}}],
    ids=["0 or 5", "2 or 6"],
)
def test_wakes_the_last_layers(student, rng, awake):
    """The last layers of the base are awake, those without weights counted, and no others; 0 wakes none"""
    for count, expected in awake.items():

        def check(base, model, expected=expected):
            assert awake_layers(base, model) == expected, "the wrong layers of the base are awake"

        check_unfrozen(student, rng, count, check)


@pytest.mark.task("unfreeze", weight=2)
def test_normalization_stays_frozen(student, rng):
    """The batch normalization of the base is neither trained nor follows the new images"""

    def check(base, model):
        names = awake_layers(base, model)
        assert "convolution_1" in names, "the wrong layers of the base are awake"
        assert not any("normalization" in name for name in names), "a batch normalization of the base is awake"
        call(model, rng.normal(size=(3, 12, 12, 3)), training=True)
        find(base.get_weights(), model)

    check_unfrozen(student, rng, 9, check)


@pytest.mark.task("unfreeze")
def test_head_stays_awake(student, rng):
    """The head keeps learning"""

    def check(base, model):
        assert awake_layers(base, model), "no layer of the base is awake"
        assert any(variable.shape[-1] == 4 for variable in model.trainable_variables), "the head is frozen"

    check_unfrozen(student, rng, 5, check)


@pytest.mark.task("unfreeze", weight=2)
def test_is_compiled_anew(student, rng):
    """Compiled with the learning rate that is given, for integer labels"""
    rate = float(rng.uniform(1e-5, 1e-3))
    probabilities, y = rng.dirichlet(np.ones(4), size=6).astype("float32"), rng.integers(0, 4, size=6)
    expected = -np.log(probabilities[np.arange(6), y]).mean()

    def check(base, model):
        assert model.compiled, "the model is not compiled"
        assert float(to_numpy(model.optimizer.learning_rate)) == close(rate, rtol=1e-4)
        assert loss_for_labels(model, probabilities, y) == close(expected, rtol=1e-3)

    check_unfrozen(student, rng, 3, check, learning_rate=rate)


@pytest.mark.task("unfreeze")
def test_accuracy_is_watched(student, rng):
    """Compiled with the accuracy, which `fit` and `evaluate` show"""
    probabilities, y = rng.dirichlet(np.ones(4), size=8).astype("float32"), rng.integers(0, 4, size=8)
    y[:3] = probabilities[:3].argmax(axis=1)
    expected = np.mean(probabilities.argmax(axis=1) == y)

    def check(base, model):
        tensors = (keras.ops.convert_to_tensor(a) for a in (y, probabilities))
        results = model.compute_metrics(None, *tensors)
        values = [float(to_numpy(value)) for name, value in results.items() if name != "loss"]
        assert any(value == close(expected, rtol=1e-5) for value in values), "the accuracy is not watched"

    check_unfrozen(student, rng, 3, check)


@pytest.mark.task("unfreeze", edge=True)
def test_unfreeze_refuses_a_negative_number(student, rng):
    """A negative number of layers is a ValueError"""
    refuses(student.unfreeze, nested(rng)[1], -1, 1e-3)


# nearest_images


def on_a_circle(rng, degrees):
    """Vectors that point in these directions of a plane among five dimensions, with lengths of their own."""
    plane, _ = np.linalg.qr(rng.normal(size=(5, 2)))
    angles = np.deg2rad(degrees)
    lengths = 10.0 ** rng.uniform(-1, 1, size=(len(angles), 1))
    return lengths * (np.stack([np.cos(angles), np.sin(angles)], axis=1) @ plane.T), plane


@pytest.mark.task("nearest_images", weight=2)
def test_order_by_the_angle(student, rng):
    """The smaller the angle, the nearer, however long the vectors are; what points the other way comes last"""
    degrees = rng.permutation([0, 25, 55, 90, 120, 150, 180])
    features, plane = on_a_circle(rng, degrees)
    queries = rng.uniform(0.1, 10, size=(2, 1)) * np.array([[1, 0], [-1, 0]]) @ plane.T
    expected = [np.argsort(degrees), np.argsort(-degrees)]
    for k in (7, 3):
        assert student.nearest_images(features, queries, k) == close(np.array(expected)[:, :k])


@pytest.mark.task("nearest_images")
def test_known_images_find_themselves(student, rng):
    """Every known image, made brighter or darker, is its own nearest neighbour"""
    features = rng.normal(size=(12, 30))
    queries = features * rng.uniform(0.01, 100, size=(12, 1))
    assert student.nearest_images(features, queries, 1) == close(np.arange(12)[:, None])


@pytest.mark.task("nearest_images", edge=True)
def test_zeros_are_neither_near_nor_far(student, rng):
    """A known image of zeros stands between those that point the same way and those that point the other way"""
    query = rng.normal(size=(1, 6))
    features = np.concatenate([-query, 0 * query, 3 * query])
    assert student.nearest_images(features.tolist(), query.tolist(), 3) == close([[2, 1, 0]])


@pytest.mark.task("nearest_images", edge=True)
def test_a_query_of_zeros(student, rng):
    """A query of zeros is no error: its neighbours are k different images"""
    neighbours = np.asarray(student.nearest_images(rng.normal(size=(5, 3)), np.zeros((1, 3)), 4))
    assert neighbours.shape == (1, 4)
    assert len(set(neighbours[0].tolist()) & set(range(5))) == 4, "they are not different images"


@pytest.mark.task("nearest_images", edge=True)
@pytest.mark.parametrize(
    ("known", "queries", "k"),
    [((4, 3), (2, 3), 5), ((4, 3), (2, 3), 0), ((4, 3), (2, 4), 1), ((3,), (2, 3), 1), ((4, 3), (3,), 1)],
    ids=["k>N", "k=0", "other features", "known without an axis", "queries without an axis"],
)
def test_nearest_refuses(student, known, queries, k):
    """k below 1 or above the number of known images, and vectors that do not fit, are a ValueError"""
    refuses(student.nearest_images, np.ones(known), np.ones(queries), k)
