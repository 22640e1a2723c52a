"""What the tests of pages share: made-up results, and what an HTML file must be for everybody to read it."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

from grader.grading.result import Result, TestResult
from grader.kit.exercise import load_catalog
from grader.misconceptions.recognise import Recognised
from grader.testing.scoring import TaskScore
from grader.testing.verdict import Cause, Status

VOID = {"meta", "img", "br", "hr", "link", "input"}


def result(
    student: str,
    exercise: str,
    shares: list[float],
    messages: tuple[str, ...] = (),
    recognised: tuple[Recognised, ...] = (),
    cause: Cause = Cause.NONE,
    **values: object,
) -> Result:
    """A result with a share of the points of each task, and a failed test of the first task for each message."""
    tasks = load_catalog()[exercise].tasks
    scores = [
        TaskScore(task.name, task.points * share, task.points, _status(share), "" if share == 1 else "2 of 3 failed")
        for task, share in zip(tasks, shares, strict=True)
    ]
    tests = [
        TestResult(f"hidden/test_{exercise}.py::test_{i}", tasks[0].name, Status.FAILED, text, f"Title {i}", cause)
        for i, text in enumerate(messages)
    ]
    tests += [
        TestResult("grader/hidden/x.py::test_passed", tasks[0].name, Status.PASSED, "", "The secret of a passed test")
    ]
    base: dict = {
        "note": "", "sandbox": "landlock", "profile": "cpu", "device": "cpu", "backend": "", "versions": {},
        "wall_seconds": 1.0, "student_cpu_seconds": 0.5, "content_hash": "c", "source_hash": "s",
    }  # fmt: skip
    return Result(
        student=student, exercise=exercise, scores=scores, tests=tests, recognised=list(recognised), **base | values
    )


def missing(student: str, exercise: str) -> Result:
    tasks = load_catalog()[exercise].tasks
    nothing = [TaskScore(task.name, 0.0, task.points, Status.MISSING, "not submitted") for task in tasks]
    return Result(
        student=student, exercise=exercise, scores=nothing, tests=[], note="", sandbox="", profile="cpu", device="cpu",
        backend="", versions={}, wall_seconds=0.0, student_cpu_seconds=0.0, content_hash="c",
    )  # fmt: skip


def unreadable(student: str, exercise: str, reason: str = "work.rar: a RAR archive") -> Result:
    tasks = load_catalog()[exercise].tasks
    nothing = [TaskScore(task.name, 0.0, task.points, Status.UNREADABLE, reason) for task in tasks]
    return Result(student=student, exercise=exercise, scores=nothing, content_hash="c")


def _status(share: float) -> str:
    return Status.PASSED if share == 1 else Status.PARTIAL if share else Status.FAILED


class Page(HTMLParser):
    """An HTML file as a list of elements with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.captions = 0
        self.feed(text)
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def check_accessible(text: str) -> Page:
    """Assert what a machine can tell: language, title, headings, tables, pictures, names; nothing from elsewhere."""
    page = Page(text)
    assert text.startswith("<!DOCTYPE html>")
    assert [attributes["lang"] for attributes in page.all("html")] == ["en"]
    assert re.search(r"<title>[^<]+</title>", text)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(page.all("table")) == len(page.all("caption")) == len(page.all("thead")) > 0
    assert all(attributes.get("scope") in ("row", "col") for attributes in page.all("th"))
    assert all(attributes.get("alt") for attributes in page.all("img"))
    ids = [attributes["id"] for _, attributes in page.elements if attributes.get("id")]
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    named = [str(a[key]).removeprefix("#") for _, a in page.elements for key in ("aria-labelledby", "href") if key in a]
    assert set(named) <= set(ids)
    assert not page.all("script", "link", "iframe", "object", "embed", "form")
    assert not [key for _, attributes in page.elements for key in attributes if key.startswith("on")]
    assert all(str(attributes["src"]).startswith("data:image/") for attributes in page.all("img"))
    policy = [a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    assert "@media print" in text
    return page
