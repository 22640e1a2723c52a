"""Hidden tests of ex13: pictures are painted, in one style or in one for each region."""

import keras
import numpy as np
import pytest
from keras import layers

from grader.hidden.ex13_style_transfer.painting import (
    BRANCHES,
    count_and_fall,
    draw_branches,
    draw_content,
    draw_network,
    draw_picture,
    draw_weights,
    look,
    mean_square,
    painted,
    region_distance,
    stripes,
    style_distance,
    style_of_branch,
)

# stylize, doodle


@pytest.fixture
def pictures(rng, seed, once):
    """A network, a content and a style of different sizes, and a seed: the same for all tests of `stylize`."""
    return once("p", lambda: (draw_network(rng), draw_content(rng, 28, 36), stripes(rng, 32, 24), seed % 10_000))


@pytest.fixture
def paint(student, pictures, profile, once):
    """Paints with these weights of content and style: the picture and the losses."""
    network, content, style, seed = pictures

    def run(content_weight, style_weight):
        weights = {"content_weight": content_weight, "style_weight": style_weight}
        layers = ["first", "third", "second"], "third"
        result = student.stylize(content, style, network, *layers, profile["iterations"], seed, **weights)
        return painted(result, content.shape[:2])

    return lambda *weights, again=False: once((weights, again), lambda: run(*weights))


@pytest.mark.trains
@pytest.mark.task("stylize", weight=4)
def test_picture_takes_the_style(paint, pictures, profile, record_property):
    """To a network of the grader's, the picture is much nearer to the style than the content was"""
    network, content, style, _ = pictures
    picture, _ = paint(0.0, 1.0)
    seen, target = look(network, content), look(network, style)
    left = style_distance(look(network, picture), target) / style_distance(seen, target)
    record_property("style_left", left)
    assert left <= profile["style_left"], "the picture that came back has not the style"


@pytest.fixture
def branches(student, pictures, rng, profile, once):
    """Other pictures, a network of two branches, the same seed: network, content, style, and what was painted."""

    def run():
        network, content = draw_branches(rng), draw_content(rng, 20, 24)
        style = stripes(rng, 24, 20)[..., [0, 1, 0]]  # strong in both colours
        names, weights = list(BRANCHES), {"content_weight": 0.0, "style_weight": 1.0}
        result = student.stylize(
            content, style, network, names, names[0], profile["iterations"], pictures[-1], **weights
        )  # fmt: skip
        return network, content, style, *painted(result, content.shape[:2])

    return once("branches", run)


@pytest.mark.trains
@pytest.mark.task("stylize", weight=2)
def test_every_style_layer_counts(branches, profile, record_property):
    """Where one layer sees blue only and another red only, the picture takes the style of both"""
    network, content, style, picture, _ = branches
    left = []
    for name in BRANCHES:
        before, after, wanted = (style_of_branch(network, name, p) for p in (content, picture, style))
        left.append(mean_square(after - wanted) / mean_square(before - wanted))
    record_property("style_left_of_each", max(left))
    assert max(left) <= profile["style_left_of_each"], "one of the style layers has no part in the picture"


@pytest.mark.trains
@pytest.mark.task("stylize", weight=3)
@pytest.mark.parametrize("weights", [(1.0, 0.0), (1e6, 1.0)])
def test_picture_keeps_the_content(paint, pictures, profile, record_property, weights):
    """Without a weight of the style, or next to nothing of it, the network sees what it sees in the content"""
    network, content, *_ = pictures
    wanted = look(network, content)[-1]
    kept, lost = (mean_square(look(network, paint(*w)[0])[-1] - wanted) for w in (weights, (0.0, 1.0)))
    record_property("content_lost", kept / lost)
    assert kept <= profile["content_lost"] * lost, "the weights of content and style do not do what they say"


@pytest.mark.trains
@pytest.mark.task("stylize", weight=2)
def test_stylize_reports_the_loss_of_each_iteration(paint, branches, profile):
    """One loss for each iteration; they fall, and are those of the picture"""
    _, losses = paint(0.0, 1.0)
    count_and_fall(losses, profile["iterations"])
    assert not np.allclose(losses, branches[-1], rtol=1e-3), "for other pictures the losses are the same"


@pytest.mark.trains
@pytest.mark.task("stylize", edge=True)
def test_same_seed_paints_the_same(paint):
    """The same seed gives the same picture"""
    first, second = (paint(0.0, 1.0, again=again)[0].astype(int) for again in (False, True))
    assert np.abs(first - second).mean() < 3, "the same seed painted another picture"


@pytest.mark.task("stylize", edge=True)
def test_one_iteration_is_enough(student, rng, seed):
    """A single iteration gives a picture and one loss"""
    content, style = draw_picture(rng, 12, 16), draw_picture(rng, 16, 12)
    result = student.stylize(content, style, draw_network(rng), ["first"], "third", 1, seed % 10_000)
    _, losses = painted(result, (12, 16))
    assert losses.shape == (1,), "one loss for one iteration is expected"


@pytest.mark.task("stylize", edge=True)
@pytest.mark.parametrize("wrong", [{"content_layer": "forth"}, {"iterations": 0}, {"style": np.ones((16, 16))}])
def test_stylize_refuses_what_makes_no_sense(student, rng, wrong):
    """A layer that does not exist, no iterations, and what is not a picture are a ValueError"""
    picture = draw_picture(rng, 16, 16)
    right = {"content": picture, "style": picture, "content_layer": "third", "iterations": 2}
    with pytest.raises(ValueError):
        student.stylize(base=draw_network(rng), style_layers=["first"], seed=1, **(right | wrong))


REGIONS = 12, 3, 7  # of the style, from left to right


@pytest.fixture
def plan(student, rng, seed, profile, once):
    """A doodle of two of the three regions of a style: network, style, both maps, and what was painted."""

    def run():
        network = draw_network(rng)
        parts = [stripes(rng, 32, 16, strong, across) for strong, across in ((0, False), (1, True), (2, False))]
        style, style_map = np.concatenate(parts, axis=1), np.repeat(REGIONS, 16) + np.zeros((32, 1), dtype=int)
        target_map = np.full((36, 28), REGIONS[0])
        target_map[rng.integers(14, 22) :, :] = REGIONS[2]
        layers, iterations = ["second", "first"], profile["iterations"]
        result = student.doodle(style, style_map, target_map, network, layers, iterations, seed % 10_000)
        return network, style, style_map, target_map, *painted(result, target_map.shape)

    return once("doodle", run)


@pytest.mark.trains
@pytest.mark.task("doodle", weight=4)
@pytest.mark.parametrize(("own", "other"), [REGIONS[::2], REGIONS[2::-2]])
def test_region_takes_its_own_style(plan, profile, record_property, own, other):
    """A region of the doodle looks like the same region of the style, and not like another"""
    network, style, style_map, target_map, picture, _ = plan
    seen, target = look(network, picture), look(network, style)
    distance = region_distance(seen, target_map, own, target, style_map, own)
    between = region_distance(target, style_map, own, target, style_map, other)
    record_property("region_distance", distance / between)
    assert distance <= profile["region_distance"] * between, "a region has not the style of its region"


@pytest.mark.trains
@pytest.mark.task("doodle", weight=2)
def test_doodle_reports_the_loss_of_each_iteration(plan, patch, profile):
    """One loss for each iteration; they fall, and are those of the picture"""
    count_and_fall(plan[-1], profile["iterations"])
    (_, losses), _, (_, others) = patch
    assert not np.allclose(losses, others, rtol=1e-3), "for another style the losses are the same"


@pytest.fixture
def patch(student, rng, seed, once):
    """Doodles of a single region: what was painted, once more after a change outside of it, and after one inside."""

    def run():
        inputs = layers.Input((None, None, 3))  # every position sees its own pixel only
        hidden = layers.Conv2D(6, 1, activation="leaky_relu", name="first")(inputs)
        network = draw_weights(keras.Model(inputs, layers.Conv2D(5, 1, name="second")(hidden)), rng)
        style_map = np.arange(16) // 4 % 2 + 4 + np.zeros((12, 1), dtype=int)
        colour, signs = rng.integers(100, 156, size=3), np.where(np.indices((12, 16)).sum(axis=0) % 2, 1, -1)
        results = []
        for contrasts in ((60, 5), (60, 95), (20, 95)):  # of both regions, around the same mean
            contrast = np.where(style_map == 4, *contrasts)
            style = (colour + (contrast * signs)[:, :, np.newaxis]).astype("uint8")
            # A single layer: factors of the student's own, even of the whole style, hardly change the steps of Adam.
            result = student.doodle(style, style_map, np.full((4, 5), 4), network, ["second"], 8, seed % 10_000)
            results.append(painted(result, (4, 5)))
        return results

    return once("patch", run)


@pytest.mark.task("doodle")
def test_other_regions_of_the_style_have_no_part(patch):
    """What is painted follows the style inside the only region of the doodle, and not what is outside of it"""
    picture, outside, inside = (picture.astype(int) for picture, _ in patch)
    assert abs(picture - outside).mean() < abs(picture - inside).mean() / 2, (
        "the style of a region depends on what is outside of it"
    )


@pytest.mark.task("doodle", edge=True)
def test_doodle_takes_lists_one_layer_and_one_iteration(student, rng, seed):
    """Style and maps may be lists, one layer and one iteration are enough, and no loss is below 0"""
    network = draw_network(rng)
    network.set_weights([weight / 1000 for weight in network.get_weights()])  # it hardly sees the picture
    style_map, target_map = np.repeat([[3, 8]], 6, axis=1).repeat(10, axis=0), np.full((10, 14), 8)
    maps = style_map.tolist(), target_map.tolist()
    result = student.doodle(draw_picture(rng, 10, 12).tolist(), *maps, network, ["first"], 1, seed % 10_000)
    _, losses = painted(result, (10, 14))
    assert losses.shape == (1,), "one loss for one iteration is expected"
    assert losses[0] >= 0, "a sum of squares is below 0"


@pytest.mark.task("doodle", edge=True)
@pytest.mark.parametrize(("width", "region"), [(16, 3), (12, 1)])
def test_doodle_refuses_maps_that_do_not_fit(student, rng, width, region):
    """A region that the style lacks, or a map of another size than the style, is a ValueError"""
    style_map, target_map = np.arange(width) // 6 % 2 + 1 + np.zeros((16, 1), dtype=int), np.ones((16, 16), dtype=int)
    target_map[4:8, 4:8] = region
    with pytest.raises(ValueError):
        student.doodle(draw_picture(rng, 16, 16), style_map, target_map, draw_network(rng), ["first", "second"], 2, 1)
