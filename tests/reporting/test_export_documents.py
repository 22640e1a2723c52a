"""Documents for other graders: Gradescope, Classroom 50, JUnit, each checked by the rules that its format publishes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from support.exporting import CRASH, NAMES, exported, make_result, not_handed_in, not_readable

from grader.handins.received import Outcome, Received
from grader.kit.errors import GraderError
from grader.reporting.exports import export
from grader.reporting.exports.request import ExportRequest

CLASS = [make_result(name) for name in NAMES] + [not_handed_in("Absent")]

# --- Gradescope: https://gradescope-autograders.readthedocs.io/en/latest/specs/

OUTPUT_FORMATS = {"text", "html", "simple_format", "md", "ansi"}
VISIBILITY = {"hidden", "after_due_date", "after_published", "visible"}
NUMBER = (int, float)
TOP_FIELDS = {
    "score": NUMBER, "execution_time": NUMBER, "output": str, "output_format": OUTPUT_FORMATS,
    "test_output_format": OUTPUT_FORMATS, "test_name_format": OUTPUT_FORMATS, "visibility": VISIBILITY,
    "stdout_visibility": VISIBILITY, "extra_data": dict, "tests": list, "leaderboard": list,
}  # fmt: skip
TEST_FIELDS = {
    "score": NUMBER, "max_score": NUMBER, "status": {"passed", "failed"}, "name": str, "name_format": OUTPUT_FORMATS,
    "number": str, "output": str, "output_format": OUTPUT_FORMATS, "tags": list, "visibility": VISIBILITY,
    "extra_data": dict,
}  # fmt: skip


def check_fields(content: dict, fields: dict) -> None:
    for name, value in content.items():
        allowed = fields[name]
        assert value in allowed if isinstance(allowed, set) else isinstance(value, allowed), name


def check_gradescope(content: dict) -> None:
    """The documented fields, with the documented values; points at the top or at every test."""
    check_fields(content, TOP_FIELDS)
    for test in content.get("tests", []):
        check_fields(test, TEST_FIELDS)
    assert "score" in content or (content["tests"] and all("score" in test for test in content["tests"]))


def test_gradescope_gets_a_results_json_for_each_student(tmp_path):
    out = tmp_path / "out"
    news = export(ExportRequest([*CLASS, make_result("Lost", note="the grader was killed")]), "gradescope", out)
    found = {path.parent.name: json.loads(path.read_text("utf-8")) for path in out.glob("*/results.json")}
    assert len(found) == len(CLASS)
    assert news == ["left out, since a file could not be graded: 1 (Lost)"]
    for content in found.values():
        check_gradescope(content)
    content = found["Jürgen Groß"]
    assert [(test["name"], test["score"], test["max_score"], test["status"]) for test in content["tests"]] == [
        ("ex01 accuracy", 40.0, 40, "passed"),
        ("ex01 precision", 12.5, 30, "failed"),
        ("ex01 recall", 0.0, 15, "failed"),
        ("ex01 r2", 0.0, 15, "failed"),
    ]
    assert (
        content["tests"][1]["output"]
        == "partly right\nno positive at all – not a number\nHint: Look at the denominator."
    )
    assert CRASH in content["tests"][3]["output"]
    assert {test["output_format"] for test in content["tests"]} == {"text"}, "mark-up of a student would be rendered"
    assert content["output"] == "ex01 Metrics: 52.5 of 100\nGraded in the sandbox: landlock"
    assert {test["output"] for test in found["Absent"]["tests"]} == {"not handed in\nnot submitted"}


def test_gradescope_is_told_what_came_in(tmp_path):
    rows = [
        Received("Ada", "notes.pdf", "", Outcome.UNKNOWN, "a PDF"),
        Received("Ada", "metrics.py", "ex01_metrics", Outcome.GRADED),
        Received("Ben", "work.rar", "", Outcome.UNKNOWN, "a RAR archive"),
    ]
    ada = replace(make_result("Ada"), remarks=["taken from: metrics (1).py"])
    export(ExportRequest([ada, not_readable("Ben")], received=rows), "gradescope", tmp_path / "out")
    found = {path.parent.name: json.loads(path.read_text("utf-8")) for path in tmp_path.glob("out/*/results.json")}
    for content in found.values():
        check_gradescope(content)
    assert found["Ada"]["output"].splitlines()[1:3] == [
        "ex01: taken from: metrics (1).py", "not understood: notes.pdf (a PDF)",
    ]  # fmt: skip
    assert found["Ben"]["output"].splitlines()[1] == "not understood: work.rar (a RAR archive)"
    assert found["Ben"]["tests"][0]["output"] == "not readable\nwork.rar: a RAR archive"


@pytest.mark.parametrize(("level", "told"), [("none", ""), ("full", "no positive at all – not a number")])
def test_the_level_decides_what_a_student_reads(tmp_path, level, told):
    export(ExportRequest([make_result("Ada")], level=level), "gradescope", tmp_path / "results.json")
    output = json.loads((tmp_path / "results.json").read_text())["tests"][1]["output"]
    assert told in output if told else output == ""


def test_students_whose_names_make_one_file_name_keep_apart(tmp_path):
    students = ["a/b", "a\\b", "A_b", "../..", ""]
    export(ExportRequest([make_result(student) for student in students]), "gradescope", tmp_path / "out")
    assert len(list((tmp_path / "out").glob("*/results.json"))) == len(students)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


# --- Classroom 50: schemas/result-v1.schema.json of https://github.com/foundation50/classroom50

RUNNER = {
    "CLASSROOM": "dl", "ASSIGNMENT": "ex01", "ASSIGNMENT_TYPE": "individual", "OWNER": "ada-l", "USERNAME": "ada-l",
    "SUBMISSION_TAG": "submit/2026-03-01T10-00-00Z-abc1234", "COMMIT_URL": "https://example.org/commit/abc",
    "RELEASE_URL": "https://example.org/releases/1", "REVIEW_URL": "https://example.org/compare/1",
}  # fmt: skip
LINKS = {"classroom", "assignment", "owner", "commit", "release", "review", "submission", "datetime"}


def check_classroom50(content: dict) -> None:
    """What the schema demands, and the rule across fields that its own validators add."""
    optional = {"graded_at", "submitted_by"}
    demanded = {"schema", "assignment_type", "score", "max-score", "tests", *LINKS}
    assert demanded <= set(content) <= demanded | optional
    assert content["schema"] == "classroom50/result/v1"
    assert content["assignment_type"] in ("individual", "group")
    assert all(isinstance(content[name], str) and content[name] for name in LINKS)
    assert content["submission"].startswith("submit/")
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ", content["datetime"])
    for counted in (content, *content["tests"]):
        assert type(counted["score"]) is int
        assert type(counted["max-score"]) is int
        assert 0 <= counted["score"] <= counted["max-score"]
    for test in content["tests"]:
        assert isinstance(test["test-name"], str)
        assert test["test-name"]
        assert type(test["passed"]) is bool


@pytest.fixture
def runner(monkeypatch):
    for name, value in RUNNER.items():
        monkeypatch.setenv(name, value)


def test_in_its_runner_classroom_50_gets_one_result_json(tmp_path, runner):
    export(ExportRequest([make_result("checkout")]), "classroom50", tmp_path / "result.json")
    content = json.loads((tmp_path / "result.json").read_text("utf-8"))
    check_classroom50(content)
    assert (content["owner"], content["assignment"]) == ("ada-l", "ex01")
    assert content["submission"] == RUNNER["SUBMISSION_TAG"]
    assert content["review"] == RUNNER["REVIEW_URL"]
    assert (content["score"], content["max-score"]) == (53, 100)
    assert [test["passed"] for test in content["tests"]] == [True, False, False, False]


def test_in_its_runner_more_than_one_result_is_an_error(tmp_path, runner):
    with pytest.raises(GraderError, match="SUBMISSION_TAG is set"):
        export(ExportRequest(CLASS), "classroom50", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_class_is_exported_as_manual_results(tmp_path, runner, monkeypatch):
    monkeypatch.delenv("SUBMISSION_TAG")
    export(ExportRequest(CLASS), "classroom50", tmp_path / "out")
    found = [json.loads(path.read_text("utf-8")) for path in (tmp_path / "out").glob("*/ex01_metrics/result.json")]
    for content in found:
        check_classroom50(content)
    assert {content["owner"] for content in found} == {*NAMES, "Absent"}
    assert {content["assignment"] for content in found} == {"ex01-metrics"}


def test_without_a_classroom_there_is_no_such_result(tmp_path, monkeypatch):
    monkeypatch.delenv("CLASSROOM", raising=False)
    with pytest.raises(GraderError, match="set CLASSROOM"):
        export(ExportRequest(CLASS), "classroom50", tmp_path / "out")


# --- JUnit: junit-10.xsd of https://github.com/jenkinsci/xunit-plugin

ATTRIBUTES = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, set()),
    "testsuite": (
        {"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname", "id", "package"},
        {"name", "tests", "failures", "errors"},
    ),
    "properties": (set(), set()),
    "property": ({"name", "value"}, {"name", "value"}),
    "testcase": ({"name", "time", "classname", "group"}, {"name"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"type", "message"}, set()),
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testsuite", "properties", "testcase", "system-out", "system-err"},
    "properties": {"property"},
    "testcase": {"skipped", "error", "failure", "system-out", "system-err"},
}


def check_junit(element: ElementTree.Element) -> None:
    """Which elements and attributes the schema allows, and which attributes it demands."""
    allowed, demanded = ATTRIBUTES[element.tag]
    assert demanded <= set(element.attrib) <= allowed
    if "time" in element.attrib:
        assert re.fullmatch(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?", element.attrib["time"])
    for child in element:
        assert child.tag in CHILDREN.get(element.tag, set())
        check_junit(child)


def test_junit_has_a_suite_per_result_and_points_as_properties(tmp_path):
    content, _ = exported(tmp_path, "junit", CLASS)
    root = ElementTree.fromstring(content)
    check_junit(root)
    assert root.tag == "testsuites"
    assert len(root) == len(CLASS)
    suite = root[NAMES.index("Jürgen Groß")]
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped", "time")}
    assert counts == {"tests": "4", "failures": "1", "errors": "1", "skipped": "1", "time": "1.250"}
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert properties["student"] == "Jürgen Groß"
    assert (properties["score"], properties["max_score"]) == ("52.5", "100")
    assert (properties["precision.score"], properties["precision.max_score"]) == ("12.5", "30")
    outcomes = {case.get("name"): [child.tag for child in case] for case in suite.iter("testcase")}
    assert outcomes == {"accuracy": [], "precision": ["failure"], "recall": ["skipped"], "r2": ["error"]}
    assert root[-1].get("skipped") == "1", "what was not handed in has not failed"


def test_junit_has_an_error_for_what_is_not_readable(tmp_path):
    content, news = exported(tmp_path, "junit", [not_readable("Ben")])
    root = ElementTree.fromstring(content)
    check_junit(root)
    assert (root[0].get("errors"), root[0].get("skipped")) == ("1", "0")
    assert news == "0 points since nothing could be read, look at these by hand: 1 (Ben)"


def test_junit_keeps_names_and_messages_but_for_characters_that_xml_cannot_hold(tmp_path):
    content, _ = exported(tmp_path, "junit", CLASS)
    root = ElementTree.fromstring(content)
    students = [each.get("value") for each in root.iter("property") if each.get("name") == "student"]
    assert students == [*NAMES, "Absent"]
    assert next(root.iter("error")).text == re.sub("[\x00\x1b]", "\N{REPLACEMENT CHARACTER}", CRASH)
