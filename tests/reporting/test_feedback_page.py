"""A student's page: their own results and nothing else, nothing hidden, readable for everybody; pictures of their code
drawn behind the wall."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from support.pages import check_accessible, missing, result, unreadable

from grader.class_run.store import open_for_writing
from grader.grading.result import Recognised
from grader.kit.errors import GraderError
from grader.kit.exercise import SOLUTIONS, find_exercise, load_catalog
from grader.misconceptions.reading import read_misconceptions
from grader.reporting.pages.class_numbers import summarise
from grader.reporting.pages.class_report import report_page
from grader.reporting.pages.feedback_page import file_names, page, reference_picture, write_pages
from grader.reporting.pages.html import hint
from grader.reporting.pages.student_pictures import NOT_DRAWN, Drawings, Picture, Wanted, draw_all, draw_class
from grader.reporting.student_view import FeedbackDetail
from grader.wall import sandbox
from grader.wall.zygote import ZygoteError

PERCEPTRON = "ex04_perceptron"
KNOWN = Recognised("sgn", "is_in_no_kit", "Look at `0`: *two* answers <only>.")
ADA = [
    result("Ada Lovelace", PERCEPTRON, [0.5, 1, 1, 0, 1, 1], ("wrong value", "wrong value"), (KNOWN,)),
    missing("Ada Lovelace", "ex01_metrics"),
    result("Ada Lovelace", "ex05_activations", [0] * 10, note="the sandbox is gone at /srv/grading"),
]  # fmt: skip


def test_the_page_says_points_problems_and_hints():
    shown = check_accessible(page("Ada Lovelace", ADA, "category").decode())
    for words in ("Ada Lovelace", "of 300 points in 3 exercises", "partly right", "wrong value", "Hint. Look at 0: two "
                  "answers <only>.", "Not handed in: not submitted", "through no fault of yours"):  # fmt: skip
        assert words in " ".join(shown.text.split())
    assert "<code>0</code>: <em>two</em> answers &lt;only&gt;." in page("Ada Lovelace", ADA, "category").decode()


def test_a_hint_is_in_the_words_of_the_kit_as_it_is_now():
    """A changed hint is on the page that is made next; nothing is graded again for it."""
    wrong = read_misconceptions(find_exercise("ex04"))[0]
    old = Recognised(wrong.task, wrong.name, "What the hint said last year.")
    made = result("Ada", PERCEPTRON, [0.5, 1, 1, 0, 1, 1], ("wrong value",), (old,))
    text = page("Ada", [made], "category").decode()
    assert "last year" not in text
    assert str(hint(wrong.hint)) in text
    assert "last year" not in report_page(summarise([made]), "report.csv").decode()


def test_an_exercise_that_is_gone_is_on_the_page():
    gone = replace(ADA[0], exercise="ex99_gone")
    assert "ex99_gone" in check_accessible(page("Ada", [gone], "category").decode()).text
    assert "ex99_gone" in report_page(summarise([gone, ADA[0]]), "report.csv").decode()


def test_the_page_says_what_could_not_be_read_and_which_file_was_taken():
    own = [
        unreadable("Ada", "ex01_metrics", "work.rar: a RAR archive, which is not opened: hand in a zip"),
        result("Ada", PERCEPTRON, [1] * 6, remarks=["taken from: perceptron (1).py"]),
    ]
    shown = check_accessible(page("Ada", own, "category").decode())
    words = " ".join(shown.text.split())
    assert "Not readable: work.rar: a RAR archive, which is not opened: hand in a zip." in words
    assert "9 not readable" in words
    assert "taken from: perceptron (1).py" in words
    assert "work.rar" not in page("Ada", own, "none").decode()


@pytest.mark.parametrize("level", FeedbackDetail)
def test_nothing_hidden_is_on_the_page(level: str):
    text = page("Ada Lovelace", ADA, level).decode()
    for hidden in ("grader/hidden", "test_0", "test_passed", "The secret of", "is_in_no_kit", "/srv/grading"):
        assert hidden not in text


def test_on_a_phone_every_row_is_a_block_and_its_text_has_the_whole_width():
    """A table of four columns leaves the hints one word at 390 pixels, beyond the edge."""
    text = page("Ada Lovelace", ADA, "category").decode()
    shown = check_accessible(text)
    assert [table.get("class") for table in shown.all("table")] == ["stacked"] * 2
    assert len([cell for cell in shown.all("td") if cell.get("class") == "wide"]) == 3 + 6
    narrow = text.partition("@media screen and (max-width: 40rem) {")[2].partition("@media print")[0]
    assert ".stacked .wide { flex: 1 0 100%; }" in narrow


def test_levels_show_no_more_than_they_say():
    none, category, full = (page("Ada Lovelace", ADA, level).decode() for level in FeedbackDetail)
    for words in ("wrong value", "Hint.", "Look at", "not submitted", "Title 0"):
        assert words not in none
    assert "wrong value" in category
    assert "Title 0" not in category
    assert "Title 0 – wrong value" in full
    with pytest.raises(GraderError, match="no feedback level"):
        page("Ada Lovelace", ADA, "everything")


def test_messages_of_a_students_code_are_text():
    nasty = "ValueError: </td><script>alert(1)</script><img src=http://example.org/>"
    shown = check_accessible(
        page("<b>Eve</b>", [result("<b>Eve</b>", PERCEPTRON, [0] * 6, messages=(nasty,))], "full").decode()
    )
    assert nasty in shown.text
    assert "<b>Eve</b>" in shown.text
    assert shown.all("img") == []


def test_a_page_has_one_student_only(tmp_path: Path):
    results = [result(name, PERCEPTRON, [1] * 6) for name in ("Ada", "Bob", "=Eve")]
    pages = write_pages(results, tmp_path)
    texts = {path.name: path.read_text(encoding="utf-8") for path in pages}
    assert len(texts) == 3
    for path, text in texts.items():
        assert sum(name in text for name in ("Ada", "Bob", "=Eve")) == 1, path
    rows = list(csv.DictReader((tmp_path / "index.csv").open(encoding="utf-8", newline="")))
    assert [(row["student"], row["score"]) for row in rows] == [("Ada", "100"), ("Bob", "100"), ("'=Eve", "100")]
    assert {row["page"] for row in rows} == set(texts)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*texts, "index.csv"])


def test_names_of_files_are_plain_and_never_the_same():
    students = ["../../etc/passwd", "Ada", "ada", "Ада", "\u202eevil", "..", "a/b", "a\\b", "x" * 500, "Gödel\n", ""]
    names = file_names(students)
    assert len({name.lower() for name in names.values()}) == len(students)
    assert not [name for name in names.values() if set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-.")]
    assert all(len(name) < 100 and not name.startswith((".", "-")) for name in names.values())
    assert names["Gödel\n"].startswith("godel-")
    assert file_names(["Ada"])["Ada"] == names["Ada"]


def test_nobody_is_an_error(tmp_path: Path):
    with pytest.raises(GraderError, match="nobody"):
        write_pages([], tmp_path)


# Pictures


def source(name: str) -> bytes:
    exercise = find_exercise(name)
    return (SOLUTIONS / exercise.name / exercise.filename).read_bytes()


HOSTILE = b"""
import os, sys
print("Ada was here"); sys.stderr.write("Ada was here")
_real = error_rate
def error_rate(x, d, w, theta):
    for place in (%r, "picture.png"):
        try:
            open(place, "w").write("Ada was here")
        except OSError:
            pass
    print("Ada was here", flush=True)
    return _real(x, d, w, theta)
"""
ENDED = "the student's process ended (os._exit, a crash, or out of memory)"
BROKEN = {
    "to do": ("def error_rate(*a): raise NotImplementedError('ex04 error_rate')", "ex04 error_rate is still to do"),
    "dies": ("import os\ndef error_rate(*a): os._exit(0)", ENDED),
    "raises": ("def error_rate(*a): raise ValueError('<b>no</b>')", "ValueError: <b>no</b> (perceptron.py, line "),
    "wrong shape": ("def decision_line(*a): return [1.0, 2.0, 3.0]", "ValueError: x and y must have same first dim"),
    "no module": ("import nonsense", "ModuleNotFoundError: No module named 'nonsense'"),
}


def with_needs(needs: str) -> list[str]:
    return [exercise.number for exercise in load_catalog().values() if exercise.needs == needs]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> tuple[Path, Drawings, Path]:
    """Pictures of the references that need no Keras and of files that go wrong, all drawn by one sandbox."""
    results, outside = tmp_path_factory.mktemp("results"), tmp_path_factory.mktemp("outside") / "written"
    perceptron = find_exercise("ex04")
    due = [Wanted(find_exercise(number), "right", source(number)) for number in with_needs("numpy")]
    due += [Wanted(perceptron, "hostile", source("ex04") + HOSTILE % str(outside))]
    due += [Wanted(perceptron, name, source("ex04") + b"\n" + code.encode()) for name, (code, _) in BROKEN.items()]
    drawings = Drawings(results)
    draw_all(due, drawings, sandbox.choose(), workers=1)
    return results, drawings, outside


@pytest.mark.parametrize("number", with_needs("numpy"))
def test_a_right_file_has_a_picture(drawn, number: str):
    picture = drawn[1].get(find_exercise(number), "right")
    assert picture.reason == ""
    assert picture.data.startswith(b"\x89PNG")


@pytest.mark.long
@pytest.mark.parametrize("number", with_needs("keras"))
def test_a_right_file_of_keras_has_a_picture(tmp_path, number: str):
    exercise, drawings = find_exercise(number), Drawings(tmp_path)
    draw_all([Wanted(exercise, "right", source(number))], drawings, sandbox.choose(), workers=1)
    picture = drawings.get(exercise, "right")
    assert picture.reason == ""
    assert picture.data.startswith((b"\x89PNG", b"GIF8"))


@pytest.mark.parametrize("name", BROKEN)
def test_where_there_is_no_picture_the_reason_is(drawn, name: str):
    found = drawn[1].get(find_exercise("ex04"), name)
    assert found.data == b""
    assert BROKEN[name][1] in found.reason


def test_hostile_code_draws_and_does_nothing_else(drawn):
    results, drawings, outside = drawn
    assert drawings.get(find_exercise("ex04"), "hostile").data == drawings.get(find_exercise("ex04"), "right").data
    assert not outside.exists()
    assert {path.suffix for path in (results / "pictures").iterdir()} == {".png", ".txt"}


def test_the_page_has_both_pictures_or_the_reason(drawn):
    _, drawings, _ = drawn
    right, broken = (replace(ADA[0], source_hash=name) for name in ("right", "raises"))
    shown = check_accessible(page("Ada", [right], "category", drawings).decode())
    alts = [image["alt"] for image in shown.all("img")]
    assert [alt.split(":")[0] for alt in alts] == ["Yours", "The reference’s"]
    assert all("perceptron draws its line" in alt for alt in alts)
    shown = check_accessible(page("Ada", [broken], "category", drawings).decode())
    assert len(shown.all("img")) == 1
    assert "No picture: ValueError: <b>no</b>" in shown.text
    assert "ValueError" not in page("Ada", [broken], "none", drawings).decode()


def test_what_moves_can_be_stopped(drawn):
    game = find_exercise("ex14")
    drawings = drawn[1]
    drawings.put(game, "game", Picture(reference_picture(game) or b""))
    won = replace(result("Ada", game.name, [1] * len(game.tasks)), source_hash="game")
    text = page("Ada", [won], "category", drawings).decode()
    shown = check_accessible(text)
    kinds = [str(image["src"])[:14] for image in shown.all("img")]
    assert kinds == ["data:image/png", "data:image/gif"] * 2
    assert text.count("<details>") == 2
    assert len(text) < 3e6


def test_equal_files_are_drawn_once_and_kept(drawn, tmp_path: Path):
    _, drawings, _ = drawn
    perceptron = find_exercise("ex04")
    new = Wanted(perceptron, "new", b"")
    assert drawings.missing([Wanted(perceptron, "right", b""), new, new, Wanted(perceptron, "dies", b"")]) == [new]
    assert Drawings(tmp_path).get(perceptron, "right") == Picture(b"", NOT_DRAWN)


def test_nothing_handed_in_is_nothing_to_draw(tmp_path: Path):
    with open_for_writing(tmp_path) as store:
        store.put(missing("Ada", PERCEPTRON), None)
    assert draw_class([missing("Ada", PERCEPTRON)], tmp_path, sandbox.choose(), workers=2) == (0, [])


def test_a_sandbox_that_fails_costs_nobody_a_page(tmp_path: Path, monkeypatch):
    def no_sandbox(*_: object) -> None:
        raise ZygoteError("the sandbox is gone")

    ada = replace(ADA[0], source_hash="ada")
    with open_for_writing(tmp_path) as store:
        store.put(ada, source("ex04"))
    monkeypatch.setattr("grader.wall.warm.Zygote", no_sandbox)
    problems = ["a picture of ex04 was not drawn: the sandbox is gone"]
    assert draw_class([ada], tmp_path, "landlock", workers=1) == (1, problems)
    assert f"No picture: {NOT_DRAWN}" in page("Ada", [ada], "category", Drawings(tmp_path)).decode()


def test_the_command_writes_pages(grader, tmp_path: Path):
    code = source("ex04") + HOSTILE % str(tmp_path / "written")
    with open_for_writing(tmp_path / "results") as store:
        for name in ("Ada", "Bob"):
            store.put(replace(result(name, PERCEPTRON, [1] * 6), source_hash=name), code)
    done = grader("feedback", tmp_path / "results", "--out", tmp_path / "pages", "--only", "Ada", "--pictures", "-j", 1)
    assert done.returncode == 0, done.stderr
    assert "1 picture drawn" in done.stdout
    assert "Ada was here" not in done.stdout + done.stderr
    assert len(list((tmp_path / "pages").glob("*.html"))) == 1
    (only,) = (tmp_path / "pages").glob("ada-*.html")
    assert len(check_accessible(only.read_text(encoding="utf-8")).all("img")) == 2


@pytest.mark.parametrize(
    "words",
    [("{r}", "--level", "all", "--out", "{o}"), ("{r}", "--only", "Eve", "--out", "{o}"), ("{o}", "--out", "{o}")],
)
def test_bad_input_is_one_line_and_writes_nothing(grader, tmp_path: Path, words: tuple[str, ...]):
    with open_for_writing(tmp_path / "results") as store:
        store.put(result("Ada", PERCEPTRON, [1] * 6), None)
    done = grader("feedback", *[word.format(r=tmp_path / "results", o=tmp_path / "out") for word in words])
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
