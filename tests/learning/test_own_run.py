"""A student's `pytest`: what is to do stays quiet, what is wrong is explained, and points are counted."""

from __future__ import annotations

import pytest
from support.made_up_kit import RIGHT, STUB, TESTS, MadeUpKit, board_of, run_pytest

from grader.kit.exercise import KIT, load_catalog


@pytest.fixture
def kit(tmp_path):
    return MadeUpKit(tmp_path)


def test_what_is_to_do_is_silent_until_the_board(kit):
    done = kit.pytest()
    assert done.returncode == 1
    assert "exercises/ex01_alpha/test_alpha.py tttttt " in done.stdout
    assert "12 to do in" in done.stdout
    assert "NotImplementedError" not in done.stdout
    assert "FAILURES" not in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert " passed" not in done.stdout
    assert len(done.stdout.splitlines()) < 20


def test_the_board_of_several_exercises_is_a_map_of_the_course(kit):
    kit.write("ex02_beta/beta.py", RIGHT)
    board = board_of(kit.pytest())
    assert board == [
        "ex01_alpha ░░░░░░░░░░░░░░░░░░░░ 0 / 100 2 to do",
        "ex02_beta ████████████████████ 100 / 100 2 right",
    ]


def test_the_board_of_one_exercise_shows_its_tasks(kit):
    kit.write("ex01_alpha/alpha.py", RIGHT.replace("x / 2", "x // 2").replace("[by * value", "[value"))
    done = kit.pytest("exercises/ex01_alpha")
    assert board_of(done) == [
        "ex01_alpha ████████░░░░░░░░░░░░ 40 / 100 1 partly right, 1 wrong",
        "~ double 40 / 60 partly right",
        "✗ halve 0 / 40 wrong",
    ]
    assert done.returncode == 1


def test_everything_right_is_full_points_and_exit_status_0(kit):
    kit.write("ex01_alpha/alpha.py", RIGHT)
    done = kit.pytest("exercises/ex01_alpha")
    assert done.returncode == 0
    assert "6 passed" in done.stdout
    assert board_of(done)[0] == "ex01_alpha ████████████████████ 100 / 100 2 right"


def test_a_wrong_answer_says_what_was_called_returned_and_expected(kit):
    kit.write("ex01_alpha/alpha.py", STUB.replace('raise NotImplementedError("ex01 double")', "return x"))
    lines = kit.pytest("exercises/ex01_alpha").stdout.splitlines()
    start = lines.index("Twice three is six")
    assert lines[start + 1 : start + 5] == [
        "  called    double(3)",
        "  returned  3",
        "  expected  6",
        "  problem   wrong value",
    ]
    start = lines.index("Every element is doubled")
    assert lines[start + 1 : start + 6] == [
        "  called    double([1, 2], by=2)",
        "  returned  [1, 2]",
        "  expected  [2, 4]",
        "  problem   wrong values",
        "            2 of 2 differ, first at [0]: 1 instead of 2",
    ]


def test_a_forgotten_return_is_called_so(kit):
    kit.write("ex01_alpha/alpha.py", RIGHT.replace("return x / 2", "x / 2"))
    output = kit.pytest("exercises/ex01_alpha").stdout
    assert "  returned  None\n" in output
    assert "  problem   nothing was returned (is there a return?)\n" in output


def test_an_exception_in_the_students_code_is_shown_with_its_file_and_line(kit):
    kit.write(
        "ex01_alpha/alpha.py",
        RIGHT.replace("x / 2", "_helper(x)") + "\n\ndef _helper(x):\n    return x / 0\n",
    )
    output = kit.pytest("exercises/ex01_alpha").stdout
    assert "  called    halve(3)\n" in output
    words = " ".join(output.split())
    assert (
        "problem ZeroDivisionError: division by zero (alpha.py, line 11 in _helper; halve calls it in line 7)" in words
    )
    assert "Traceback" not in output


def test_the_call_of_one_test_is_not_shown_in_the_next(kit):
    kit.write("ex01_alpha/alpha.py", "def double(x, by=2):\n    return 0\n")
    output = kit.pytest("exercises/ex01_alpha").stdout
    _, _, halve = output.partition("Half of three is one and a half")
    assert "  problem   alpha.py does not define halve\n" in halve
    assert "called    double" not in halve


def test_a_test_that_expects_an_exception_says_that_none_came(kit):
    kit.write("ex01_alpha/alpha.py", RIGHT.replace("return x / 2", "return 1.5"))
    output = kit.pytest("exercises/ex01_alpha").stdout
    assert "  called    halve('3')\n  returned  1.5\n" in output
    assert "no TypeError was raised" in output


def test_not_implemented_in_other_code_is_a_mistake_and_not_to_do(kit):
    kit.write("ex01_alpha/alpha.py", RIGHT.replace("x / 2", "__import__('helper').give_up()"))
    (kit.root / "helper.py").write_text("def give_up():\n    raise NotImplementedError('elsewhere')\n")
    done = kit.pytest("exercises/ex01_alpha")
    assert "NotImplementedError: elsewhere (alpha.py, line 7)" in done.stdout
    assert board_of(done)[-1] == "✗ halve 0 / 40 wrong"


@pytest.mark.parametrize(
    ("source", "note"),
    [
        ("import math\n\ndef double(x:\n    return x\n", "alpha.py, line 3: "),
        (
            "import math\nimport no_such_module\n",
            "alpha.py, line 2: ModuleNotFoundError: No module named 'no_such_module'",
        ),
        ("x = 1\n\n\ny = x / 0\n", "alpha.py, line 4: ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(0)\n", "alpha.py, line 2: SystemExit: 0"),
    ],
)
def test_a_file_that_cannot_be_imported_is_broken_and_the_other_exercises_go_on(kit, source, note):
    kit.write("ex01_alpha/alpha.py", source)
    kit.write("ex02_beta/beta.py", RIGHT)
    done = kit.pytest()
    board = board_of(done)
    assert done.returncode == 1
    assert board[0] == "ex01_alpha ░░░░░░░░░░░░░░░░░░░░ 0 / 100 2 broken"
    assert board[1].startswith(note)
    assert board[2] == "ex02_beta ████████████████████ 100 / 100 2 right"
    assert "Traceback" not in done.stdout


def test_a_file_that_is_not_there_is_broken(kit):
    (kit.root / "exercises" / "ex01_alpha" / "alpha.py").unlink()
    board = board_of(kit.pytest())
    assert board[:2] == ["ex01_alpha ░░░░░░░░░░░░░░░░░░░░ 0 / 100 2 broken", "alpha.py is not there"]


@pytest.mark.parametrize(
    "trick",
    [
        "import pytest; pytest.skip('not today')",
        "import pytest; pytest.xfail('known')",
        "raise SystemExit(0)",
    ],
)
def test_a_function_that_leaves_the_test_early_earns_nothing(kit, trick):
    kit.write("ex01_alpha/alpha.py", f"def double(x, by=2):\n    {trick}\n\n\ndef halve(x):\n    return x / 2\n")
    done = kit.pytest("exercises/ex01_alpha")
    assert board_of(done)[1:] == ["✗ double 0 / 60 wrong", "✓ halve 40 / 40 right"]


def test_another_folder_can_be_put_to_the_test(kit):
    other = kit.root / "other" / "ex01_alpha"
    other.mkdir(parents=True)
    (other / "alpha.py").write_text(RIGHT)
    done = kit.pytest("--submission", "other")
    assert "exercises under test: other\n" in done.stdout
    assert board_of(done) == [
        "ex01_alpha ████████████████████ 100 / 100 2 right",
        "ex02_beta ░░░░░░░░░░░░░░░░░░░░ 0 / 100 2 broken",
        "beta.py is not there",
    ]


def test_a_submission_that_does_not_exist_is_one_line(kit):
    done = kit.pytest("--submission", "nowhere")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert [line for line in done.stderr.splitlines() if line] == [
        "ERROR: --submission nowhere: there is no such folder"
    ]
    assert "Traceback" not in done.stdout


def test_a_test_of_an_unknown_task_is_one_line_that_names_the_test(kit):
    kit.write("ex01_alpha/test_alpha.py", TESTS.replace('task("halve")', 'task("third")'))
    done = kit.pytest("exercises/ex01_alpha")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "test_alpha.py::test_halve: ex01_alpha has no task 'third'" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_the_header_says_whose_files_are_tested_and_no_colour_reaches_a_file(kit):
    kit.write("ex01_alpha/alpha.py", RIGHT.replace("x / 2", "x"))
    done = kit.pytest()
    assert done.stdout.startswith(f"exercises under test: {kit.root / 'exercises'} (your own files)\n")
    assert "\x1b" not in done.stdout + done.stderr


def test_seeds_are_the_same_in_every_run_and_different_in_every_test(kit):
    kit.write(
        "ex01_alpha/test_alpha.py",
        "def test_first(seed, rng):\n    print('drawn', seed, rng.integers(10**9))\n\n\n"
        "def test_second(seed, rng):\n    print('drawn', seed, rng.integers(10**9))\n",
    )
    first, second = (kit.pytest("exercises/ex01_alpha", "--capture=no").stdout for _ in range(2))
    drawn = [line.split("drawn")[1] for line in first.splitlines() if "drawn" in line]
    assert len(set(drawn)) == 2
    assert drawn == [line.split("drawn")[1] for line in second.splitlines() if "drawn" in line]


def test_a_run_without_exercises_has_no_board(kit):
    (kit.root / "test_other.py").write_text("def test_nothing():\n    pass\n")
    done = kit.pytest("test_other.py")
    assert "score board" not in done.stdout
    assert done.returncode == 0


def test_tests_of_another_project_are_left_alone(kit):
    """The plugin is installed for every project of this Python: theirs may have a fixture called student, too."""
    (kit.root / "test_other.py").write_text(
        "import pytest\n\n\n@pytest.fixture\ndef student():\n    return 'Ada'\n\n\n"
        "def test_name(student):\n    assert student == 'Ada'\n\n\n"
        "def test_number():\n    assert 1 == 2\n"
    )
    done = kit.pytest("test_other.py")
    assert "1 failed, 1 passed" in done.stdout
    assert "assert 1 == 2" in done.stdout


def test_the_untouched_kit_is_all_to_do_and_imports_no_keras():
    """The exercises that need NumPy only start in a moment, since nothing of Keras is imported for them."""
    numpy_exercises = [exercise for exercise in load_catalog().values() if exercise.needs == "numpy"]
    folders = [f"exercises/{exercise.name}" for exercise in numpy_exercises]
    done = run_pytest(KIT, *folders, "--capture=no", python=("-X", "importtime"))
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "numpy" in names
    assert names.isdisjoint({"keras", "tensorflow", "torch", "jax"})
    assert done.returncode == 1
    assert "passed" not in done.stdout
    assert "Traceback" not in done.stdout
    for exercise in numpy_exercises:
        [line] = [line for line in board_of(done) if line.startswith(f"{exercise.name} ")]
        assert line.endswith(f" 0 / 100 {len(exercise.tasks)} to do")
