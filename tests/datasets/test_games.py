"""The games of ex14: their rules by hand, their interface by Gymnasium's own checker, their numbers exactly."""

import pickle
import warnings

import cloudpickle
import gymnasium
import numpy as np
import pytest
from course_data.games import LAYOUT, STARTS, Catch, Maze, distances, win_rate
from course_data.games.catch import LEFT, RIGHT, STAY
from course_data.games.maze import DOWN, UP
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env

GAMES = ("Catch-v0", "Maze-v0", "MazePicture-v0")


@pytest.mark.parametrize("game", GAMES)
@pytest.mark.parametrize("render_mode", [None, "ansi", "rgb_array"])
def test_gymnasium_finds_nothing_to_complain_about(game, render_mode):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gymnasium.make(game, render_mode=render_mode).unwrapped)


@pytest.mark.parametrize("game", GAMES)
@pytest.mark.parametrize("library", [pickle, cloudpickle])
def test_a_game_can_be_sent_to_another_process_and_goes_on_there(game, library):
    env = gymnasium.make(game)
    env.reset(seed=3)
    env.step(0)
    copy = library.loads(library.dumps(env))
    for action in (1, 2, 0):
        (ours, *rest), (theirs, *others) = env.step(action), copy.step(action)
        np.testing.assert_array_equal(ours, theirs)
        assert rest == others


@pytest.mark.parametrize("game", GAMES)
def test_the_seed_decides_the_starts(game):
    def starts(seed):
        env = gymnasium.make(game)
        first, _ = env.reset(seed=seed)
        return np.stack([first, *(env.reset()[0] for _ in range(20))])

    assert np.array_equal(starts(1), starts(1))
    assert not np.array_equal(starts(1), starts(2))


# Catch


def test_catch_shows_a_fruit_and_a_basket():
    board, _ = Catch().reset(options={"column": 2, "basket": 6})
    assert np.argwhere(board).tolist() == [[0, 2], [9, 5], [9, 6], [9, 7]]


@pytest.mark.parametrize(("action", "cells"), [(LEFT, [5, 6, 7]), (STAY, [6, 7, 8]), (RIGHT, [7, 8, 9])])
def test_the_fruit_falls_and_the_basket_moves(action, cells):
    game = Catch()
    game.reset(options={"column": 2, "basket": 7})
    board, reward, terminated, truncated, _ = game.step(action)
    assert np.argwhere(board).tolist() == [[1, 2], *([9, cell] for cell in cells)]
    assert (reward, terminated, truncated) == (0.0, False, False)


@pytest.mark.parametrize(("action", "basket"), [(LEFT, 1), (RIGHT, 9)])
def test_the_basket_stays_on_the_board(action, basket):
    game = Catch()
    game.reset(options={"column": 4, "basket": 5})
    for _ in range(9):
        board, *_ = game.step(action)
    in_row_9 = np.flatnonzero(board[9]).tolist()
    assert in_row_9 == sorted({4, *(cell for cell in (basket - 1, basket, basket + 1) if cell < 10)})


@pytest.mark.parametrize(("column", "reward"), [(2, -1), (3, 1), (4, 1), (5, 1), (6, -1)])
def test_the_last_of_nine_steps_is_rewarded(column, reward):
    game = Catch()
    game.reset(options={"column": column, "basket": 4})
    steps = [game.step(STAY) for _ in range(9)]
    assert [step[1] for step in steps] == [0.0] * 8 + [reward]
    assert [step[2] for step in steps] == [False] * 8 + [True]


def test_catch_starts_at_all_of_its_63_starts():
    game = Catch()
    game.reset(seed=1)
    seen = set()
    for _ in range(2000):
        board, _ = game.reset()
        seen.add((int(np.argmax(board[0])), int(np.argmax(board[9])) + 1))
    assert seen == set(STARTS)
    assert len(STARTS) == 63


def test_staying_wins_from_a_third_of_the_starts():
    assert win_rate(lambda boards: np.full(len(boards), STAY)) == 21 / 63


def test_following_the_fruit_wins_from_every_start():
    def follow(boards):
        fruit = boards[:, :9].any(axis=1).argmax(axis=1)
        left_end = boards[:, 9].argmax(axis=1)
        return np.sign(fruit - (left_end + 1)) + STAY

    assert win_rate(follow) == 1.0


def test_random_play_wins_from_less_than_a_third():
    """The exact chance, by following where the basket can be, step by step"""
    chances = []
    for column, basket in STARTS:
        where = np.eye(10)[basket]
        for _ in range(9):
            moved = np.zeros(10)
            for centre, chance in enumerate(where):
                for shift in (-1, 0, 1):
                    moved[min(max(centre + shift, 1), 9)] += chance / 3
            where = moved
        chances.append(where[max(column - 1, 0) : column + 2].sum())
    assert np.mean(chances) == pytest.approx(0.31, abs=0.005)

    rng = np.random.default_rng(1)
    played = [win_rate(lambda boards: rng.integers(3, size=len(boards))) for _ in range(30)]
    assert np.mean(played) == pytest.approx(np.mean(chances), abs=0.05)


@pytest.mark.parametrize("options", [{"column": 9}, {"basket": 0}, {"column": 1, "basket": 8}])
def test_catch_cannot_start_outside(options):
    with pytest.raises(ValueError, match="must be in"):
        Catch().reset(options=options)


def test_catch_is_over_when_it_is_over():
    game = Catch()
    with pytest.raises(ResetNeeded):
        game.step(STAY)
    game.reset(seed=1)
    for _ in range(9):
        game.step(STAY)
    with pytest.raises(ResetNeeded):
        game.step(STAY)


def test_catch_in_letters_and_colours():
    game = Catch(render_mode="ansi")
    game.reset(options={"column": 0, "basket": 2})
    assert game.render() == "o.........\n" + "..........\n" * 8 + ".===......\n"
    game = Catch(render_mode="rgb_array")
    game.reset(options={"column": 0, "basket": 2})
    picture = game.render()
    assert (picture.shape, picture.dtype) == ((200, 200, 3), np.uint8)
    fruit, basket, background = picture[5, 5], picture[195, 45], picture[100, 100]
    assert len({tuple(colour.tolist()) for colour in (fruit, basket, background)}) == 3


# Maze


def test_distances_by_hand():
    assert distances(["..#", ".#.", "..G"]).tolist() == [4, 5, -1, 3, -1, 1, 2, 1, 0]


def test_a_cell_that_is_cut_off_has_no_distance():
    assert distances([".#G"]).tolist() == [-1, -1, 0]


def test_every_cell_of_the_maze_reaches_the_goal():
    walls = np.array([kind == "#" for kind in "".join(LAYOUT)])
    steps = distances()
    assert ((steps < 0) == walls).all()
    assert steps.max() == 16


def test_shortest_paths_can_be_walked():
    """Step down to a neighbour that is one nearer, and count"""
    env, steps = gymnasium.make("Maze-v0"), distances()
    for start in np.flatnonzero(steps > 0):
        cell, terminated, total = int(start), False, 0.0
        while not terminated:
            for action in range(4):
                env.reset(options={"cell": cell})
                reached, reward, terminated, truncated, _ = env.step(action)
                if steps[reached] == steps[cell] - 1:
                    break
            assert not truncated
            cell, total = reached, total + reward
        assert total == pytest.approx(1 - 0.1 * (steps[start] - 1))


def test_walls_and_borders_stop_the_player():
    maze = Maze(["..#", "..G"])
    maze.reset(options={"cell": 1})
    assert maze.step(2)[:3] == (1, -0.1, False)
    assert maze.step(UP)[:3] == (1, -0.1, False)
    assert maze.step(DOWN)[:3] == (4, -0.1, False)
    assert maze.step(2)[:3] == (5, 1.0, True)
    with pytest.raises(ResetNeeded):
        maze.step(UP)


def test_the_picture_of_the_maze():
    picture, _ = Maze(["..#", "..G"], picture=True).reset(options={"cell": 3})
    assert picture[..., 0].tolist() == [[0, 0, 1], [0, 0, 0]]
    assert picture[..., 1].tolist() == [[0, 0, 0], [0, 0, 1]]
    assert picture[..., 2].tolist() == [[0, 0, 0], [1, 0, 0]]


def test_the_time_limit_truncates():
    env = gymnasium.make("Maze-v0")
    env.reset(options={"cell": 0})
    ends = [env.step(UP)[2:4] for _ in range(100)]
    assert ends == [(False, False)] * 99 + [(False, True)]


@pytest.mark.parametrize("cell", [3, 48, 49, -1])
def test_the_maze_cannot_start_in_a_wall_or_at_the_goal(cell):
    with pytest.raises(ValueError, match="cannot start"):
        Maze().reset(options={"cell": cell})


@pytest.mark.parametrize("layout", [[], ["..", "G"], ["..."], ["GG."], ["G"], [".xG"]])
def test_a_layout_that_is_no_maze(layout):
    with pytest.raises(ValueError, match="maze"):
        Maze(layout)


def test_the_maze_in_letters_and_colours():
    maze = Maze(["..#", "..G"], render_mode="ansi")
    maze.reset(options={"cell": 0})
    assert maze.render() == "P.#\n..G\n"
    maze = Maze(["..#", "..G"], render_mode="rgb_array")
    maze.reset(options={"cell": 0})
    picture = maze.render()
    assert picture.shape == (40, 60, 3)
    assert len({tuple(picture[y, x].tolist()) for y in (10, 30) for x in (10, 30, 50)}) == 4


@pytest.mark.parametrize("game", GAMES)
def test_an_unknown_action_is_refused(game):
    env = gymnasium.make(game).unwrapped
    env.reset(seed=1)
    with pytest.raises(ValueError, match="is not an action"):
        env.step(7)
