"""Runs of a part of the tests: what did not run is not called broken, and what is remembered of it stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.made_up_kit import RIGHT, STUB, MadeUpKit, board_of, run_pytest

from grader.kit.exercise import KIT, find_exercise

NOTHING = "ex02_beta ░░░░░░░░░░░░░░░░░░░░ - / 100 2 not run"
WRONG_HALVE = RIGHT.replace("x / 2", "x / 3")
DOUBLE = "exercises/ex01_alpha/test_alpha.py::test_double_of_a_number"


@pytest.fixture
def kit(tmp_path: Path) -> MadeUpKit:
    return MadeUpKit(tmp_path)


def test_what_is_left_out_by_name_is_not_run(kit: MadeUpKit):
    kit.write("ex01_alpha/alpha.py", RIGHT)
    whole = kit.pytest("-k", "alpha and halve")
    assert board_of(whole) == ["ex01_alpha ████████░░░░░░░░░░░░ 40 / 100 1 right, 1 not run", NOTHING]
    assert "next: pytest exercises/ex01_alpha (some of its tests did not run)\n" in whole.stdout
    assert kit.remembered("ex01_alpha") == {"halve": "passed"}
    part = kit.pytest("exercises/ex01_alpha", "-k", "number")
    assert board_of(part) == [
        "ex01_alpha ░░░░░░░░░░░░░░░░░░░░ - / 100 2 not run",
        "○ double - / 60 not run (1 of 3 tests ran)",
        "○ halve - / 40 not run",
    ]
    assert kit.remembered("ex01_alpha") == {"halve": "passed"}


def test_one_test_by_its_id_says_little_about_its_task(kit: MadeUpKit):
    kit.write("ex01_alpha/alpha.py", RIGHT)
    assert board_of(kit.pytest(DOUBLE))[1:] == [
        "○ double - / 60 not run (1 of 3 tests ran)",
        "○ halve - / 40 not run",
    ]
    assert kit.remembered("ex01_alpha") == {}
    arguments = DOUBLE.replace("double_of_a_number", "double_changes_no_argument")
    whole = kit.pytest(DOUBLE, DOUBLE.replace("number", "list"), arguments)
    assert board_of(whole)[1:] == ["✓ double 60 / 60 right", "○ halve - / 40 not run"]
    assert kit.remembered("ex01_alpha") == {"double": "passed"}


def test_a_run_that_stops_at_the_first_failure(kit: MadeUpKit):
    kit.write("ex01_alpha/alpha.py", WRONG_HALVE)
    kit.write("ex02_beta/beta.py", RIGHT)
    done = kit.pytest("-x")
    assert board_of(done) == ["ex01_alpha ████████████░░░░░░░░ 60 / 100 1 right, 1 wrong", NOTHING]
    assert kit.remembered("ex01_alpha") == {"double": "passed", "halve": "failed"}


def test_what_fails_in_part_is_remembered_and_what_passes_in_part_is_not(kit: MadeUpKit):
    """The board said wrong, and `grader status` right."""
    kit.write("ex01_alpha/alpha.py", RIGHT)
    kit.pytest("exercises/ex01_alpha")
    kit.write("ex01_alpha/alpha.py", RIGHT.replace("else by * x", "else 0"))
    kit.pytest(DOUBLE)
    assert kit.remembered("ex01_alpha") == {"double": "failed", "halve": "passed"}
    kit.write("ex01_alpha/alpha.py", RIGHT)
    kit.pytest(DOUBLE)
    assert kit.remembered("ex01_alpha") == {"double": "failed", "halve": "passed"}
    kit.pytest("exercises/ex01_alpha", "-k", "double")
    assert kit.remembered("ex01_alpha") == {"double": "passed", "halve": "passed"}


def test_what_is_known_to_be_partly_right_stays_so_when_a_part_fails(kit: MadeUpKit):
    kit.write("ex01_alpha/alpha.py", RIGHT.replace("else by * x", "else 0"))
    kit.pytest("exercises/ex01_alpha")
    assert kit.remembered("ex01_alpha") == {"double": "partial", "halve": "passed"}
    kit.pytest(DOUBLE)
    assert kit.remembered("ex01_alpha") == {"double": "partial", "halve": "passed"}


def test_last_failed_changes_nothing_of_what_it_leaves_out(kit: MadeUpKit):
    kit.write("ex01_alpha/alpha.py", WRONG_HALVE)
    cache = ("-o", "cache_dir=.cache", "-p", "cacheprovider")
    kit.pytest("exercises/ex01_alpha", *cache)
    before = kit.remembered("ex01_alpha")
    assert before == {"double": "passed", "halve": "failed"}
    again = kit.pytest("exercises/ex01_alpha", "--lf", *cache)
    assert board_of(again)[1:] == ["○ double - / 60 not run", "✗ halve 0 / 40 wrong"]
    assert kit.remembered("ex01_alpha") == before


@pytest.mark.parametrize("words", [("--collect-only",), ("-k", "nothing of this name")])
def test_where_nothing_ran_there_is_no_board(kit: MadeUpKit, words: tuple[str, ...]):
    done = kit.pytest(*words)
    assert "score board" not in done.stdout
    assert not (kit.root / ".progress.json").exists()


def test_workers_show_and_remember_the_same(kit: MadeUpKit):
    pytest.importorskip("xdist")
    kit.write("ex01_alpha/alpha.py", WRONG_HALVE)
    alone = kit.pytest()
    remembered = kit.remembered("ex01_alpha")
    (kit.root / ".progress.json").unlink()
    shared = kit.pytest("-n", "2")
    assert "2 workers" in shared.stdout
    assert board_of(shared) == board_of(alone)
    assert len(board_of(shared)) == 2
    assert kit.remembered("ex01_alpha") == remembered
    assert "  called    halve(3)\n  returned  1.0\n" in shared.stdout


def test_what_is_next_is_the_last_that_is_said(kit: MadeUpKit):
    def next_of(*words: str) -> str:
        [line] = [line for line in kit.pytest(*words).stdout.splitlines() if line.startswith("next: ")]
        return line.removeprefix("next: ")

    assert next_of() == "write double in exercises/ex01_alpha/alpha.py"
    kit.write("ex02_beta/beta.py", STUB.replace('raise NotImplementedError("ex01 halve")', "return x / 2"))
    assert next_of() == "write double in exercises/ex02_beta/beta.py"
    kit.write("ex02_beta/hints.toml", "")
    kit.write("ex02_beta/beta.py", WRONG_HALVE)
    assert next_of() == "grader hint ex02 halve"
    kit.write("ex02_beta/beta.py", "def\n")
    assert next_of() == "put exercises/ex02_beta/beta.py right, it cannot be imported"
    kit.write("ex02_beta/beta.py", RIGHT)
    kit.write("ex02_beta/demo.py", "")
    shown = kit.pytest("exercises/ex02_beta").stdout
    assert "\nright = the visible tests passed\n\nnext: grader demo ex02\n" in shown
    kit.write("ex01_alpha/alpha.py", RIGHT)
    assert next_of() == "grader pack"


def test_workers_recognise_the_same_mistakes(tmp_path: Path):
    pytest.importorskip("xdist")
    solution = find_exercise("ex01").solution.read_text(encoding="utf-8")
    mine = tmp_path / "ex01_metrics" / "metrics.py"
    mine.parent.mkdir()
    mine.write_text(f"{solution}\n\nrecall = precision\n", encoding="utf-8")
    words = ("--submission", str(tmp_path), "exercises/ex01_metrics", "-k", "recall")
    alone, shared = run_pytest(KIT, *words), run_pytest(KIT, *words, "-n", "2")
    hints = [sorted(line for line in done.stdout.splitlines() if "  hint  " in line) for done in (alone, shared)]
    assert hints[0] != []
    assert hints[1] == hints[0]
    assert board_of(shared) == board_of(alone)


def test_k_chooses_all_tests_of_a_task(kit: MadeUpKit):
    kit.write("ex01_alpha/alpha.py", RIGHT)
    tests = (kit.root / "exercises/ex01_alpha/test_alpha.py").read_text(encoding="utf-8")
    (kit.root / "exercises/ex01_alpha/test_alpha.py").write_text(tests.replace("def test_halve", "def test_half_of"))
    done = kit.pytest("exercises/ex01_alpha", "-k", "halve")
    assert board_of(done)[1:] == ["○ double - / 60 not run", "✓ halve 40 / 40 right"]


def test_what_was_broken_is_forgotten_when_the_file_can_be_imported_again(kit: MadeUpKit):
    kit.write("ex01_alpha/alpha.py", "def double(:\n")
    kit.pytest("exercises/ex01_alpha")
    assert kit.remembered("ex01_alpha") == {"double": "error", "halve": "error"}
    kit.write("ex01_alpha/alpha.py", RIGHT)
    kit.pytest("exercises/ex01_alpha", "-k", "halve")
    assert kit.remembered("ex01_alpha") == {"halve": "passed"}
