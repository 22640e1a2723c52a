"""Groups: one hand-in for several students."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.handins.groups import Group, partners, read_groups, share
from grader.handins.hand_ins import HandIn
from grader.kit.errors import GraderError
from grader.kit.exercise import find_exercise

NOTHING = HandIn(None)


def group(name: str, *members: str) -> Group:
    return Group(name, frozenset(), list(members))


def written(folder: Path, text: str) -> Path:
    (folder / "groups.csv").write_text(text, encoding="utf-8")
    return folder / "groups.csv"


def test_members_are_read_by_group(tmp_path):
    path = written(tmp_path, "student;group\nada;Team 1\nben;Team 1\n\ncyd;Team 2\n")
    assert read_groups(path) == [group("Team 1", "ada", "ben"), group("Team 2", "cyd")]


def test_a_student_may_do_each_exercise_with_others(tmp_path):
    lines = [
        "group,student,exercises",
        "1,ada,ex01 ex02",
        "1,ben,ex01 ex02",
        "1,ada,ex09",
        '2,ben,"ex09,ex10"',
        "3,cyd,",
    ]
    both, one, other, rest = read_groups(written(tmp_path, "\n".join(lines)))
    assert (both.members, one.members, other.members, rest.members) == (["ada", "ben"], ["ada"], ["ben"], ["cyd"])
    assert other.exercises == {"ex09_ocr", "ex10_image_recognition"}
    assert partners([both, one, other, rest], ["ex01_metrics"]) == {
        "ada": {"ada", "ben"}, "ben": {"ada", "ben"}, "cyd": {"cyd"}
    }  # fmt: skip
    hand_ins = {"ada": {"ex01_metrics": HandIn(b"a"), "ex09_ocr": HandIn(b"a")},
                "ben": {"ex01_metrics": NOTHING, "ex09_ocr": NOTHING}}  # fmt: skip
    share(hand_ins, [both, one, other, rest])
    assert [one.source for one in hand_ins["ben"].values()] == [b"a", None]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("team,student\n1,ada\n", "the columns 'group' and 'student'"),
        ("", "the columns 'group' and 'student'"),
        ("group,student\n1,ada\n2,ada\n", "line 3: 'ada' is in '1' already"),
        ("group,student\n1,\n", "line 2: a group and a student are needed"),
        ("group,student\nada\n", "line 2: a group and a student are needed"),
        ("group,student,exercises\n1,ada,ex99\n", "line 2: .*ex99"),
        ("group,student,exercises\n1,ada,ex01 ex02\n2,ada,ex02\n", "line 3: 'ada' is in '1' already"),
        ("group,student,exercises\n1,ada,ex01\n2,ada,\n", "line 3: 'ada' is in '1' already"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, problem):
    with pytest.raises(GraderError, match=problem):
        read_groups(written(tmp_path, text))


def test_the_newest_file_of_a_member_is_everybodys():
    old, new = HandIn(b"old", modified=1.0), HandIn(b"new", modified=2.0, remarks=("taken from: x.py",))
    hand_ins = {"ada": {"ex01": old}, "ben": {"ex01": new}, "cyd": {"ex01": NOTHING}, "dot": {"ex01": NOTHING}}
    share(hand_ins, [group("Team 1", "ada", "ben", "cyd", "not here")])
    assert [hand_ins[name]["ex01"].source for name in hand_ins] == [b"new", b"new", b"new", None]
    assert hand_ins["ada"]["ex01"].remarks == ("taken from: x.py", "handed in by ben for Team 1")
    assert hand_ins["ben"]["ex01"] is new


def test_each_exercise_for_itself_and_nothing_out_of_nothing():
    hand_ins = {
        "ada": {"ex01": HandIn(b"a"), "ex02": NOTHING, "ex03": NOTHING},
        "ben": {"ex01": NOTHING, "ex02": HandIn(b"b"), "ex03": HandIn(None, "not readable")},
    }
    share(hand_ins, [group("Team 1", "ada", "ben")])
    assert [[one.source for one in found.values()] for found in hand_ins.values()] == [[b"a", b"b", None]] * 2
    assert hand_ins["ben"]["ex03"].note == "not readable"


def test_equal_files_of_two_members_need_no_word():
    hand_ins = {"ada": {"ex01": HandIn(b"same", modified=1.0)}, "ben": {"ex01": HandIn(b"same", modified=2.0)}}
    share(hand_ins, [group("Team 1", "ada", "ben")])
    assert hand_ins["ada"]["ex01"].remarks == ()


# ---------------------------------------------------------------- with the command


def hand_in(folder: Path, student: str, number: str, when: float, more: bytes = b"") -> None:
    exercise = find_exercise(number)
    file = folder / student / exercise.filename
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(exercise.solution.read_bytes() + more)
    os.utime(file, (when, when))


def test_a_class_in_groups_is_graded_once_and_everybody_has_it(grader, tmp_path):
    hand_in(tmp_path / "week1", "ada", "ex05", 1_000_000_000)
    hand_in(tmp_path / "week1", "cyd", "ex05", 1_000_000_000, b"\nraise SystemExit\n")
    written(tmp_path, "group,student\nTeam 1,ada\nTeam 1,ben\n")
    words = ("--out", "results", "--groups", "groups.csv", "-e", "ex05", "-j", 1)
    done = grader("grade", "week1", *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = dict(line.split(": ", 1) for line in done.stdout.splitlines() if " of 100 (" in line)
    assert {name: line.split()[0] for name, line in lines.items()} == {"ada": "100", "ben": "100", "cyd": "0"}
    grader("feedback", "results", "--out", "pages", cwd=tmp_path)
    [page] = (tmp_path / "pages").glob("ben*.html")
    assert "handed in by ada for Team 1" in page.read_text("utf-8")
    # The week after another member hands in a better one, and the roster is not known.
    hand_in(tmp_path / "week2", "ben", "ex05", 1_100_000_000, b"\n# better\n")
    done = grader("grade", "week2", *words, cwd=tmp_path)
    assert "ben: 100 of 100" in done.stdout
    history = (tmp_path / "results" / "history.csv").read_text("utf-8")
    assert "ben,ex05_activations" in history


@pytest.mark.parametrize(
    ("option", "graded"),
    [(("--only", "ben"), {"ben": "100"}), (("--since", "2020-01-01"), {"ada": "100", "ben": "100"})],
    ids=["only one of them", "only what is new"],
)
def test_a_part_of_the_class_has_the_files_of_its_groups(grader, tmp_path, option, graded):
    hand_in(tmp_path / "week1", "ada", "ex05", 1_700_000_000)
    hand_in(tmp_path / "week1", "cyd", "ex05", 1_000_000_000)
    written(tmp_path, "group,student\nTeam 1,ada\nTeam 1,ben\n")
    words = ("--out", "results", "--groups", "groups.csv", "-e", "ex05", "-j", 1, *option)
    done = grader("grade", "week1", *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = dict(line.split(": ", 1) for line in done.stdout.splitlines() if " of 100 (" in line)
    assert {name: line.split()[0] for name, line in lines.items()} == graded


def test_a_member_who_is_not_on_the_roster_is_named(grader, tmp_path):
    hand_in(tmp_path / "week1", "ada", "ex05", 1_000_000_000)
    (tmp_path / "roster.csv").write_text("id,name\nada,Ada\n", encoding="utf-8")
    written(tmp_path, "group,student\nTeam 1,ada\nTeam 1,ben\n")
    words = ("--out", "results", "--groups", "groups.csv", "--roster", "roster.csv", "-e", "ex05")
    done = grader("grade", "week1", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "error: 'ben' is in a group and not on the roster: name students by their ids there\n"
