"""JUnit XML: a test suite for each student and exercise, a test case for each task, points as properties.

The rules are those of Jenkins' schema, `junit-10.xsd` of https://github.com/jenkinsci/xunit-plugin, which knows
properties of suites only: the points of the task `precision` are the properties `precision.score` and
`precision.max_score` of its suite.
"""

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from grader.grading.result import Result
from grader.reporting.exports.request import Export, ExportRequest
from grader.reporting.exports.text import feedback_lines, points
from grader.reporting.student_view import TaskFeedback, student_view
from grader.testing.verdict import Status

# What a task without all points is to JUnit; any other status is a failure.
OUTCOMES = {
    Status.TODO: "skipped",
    Status.MISSING: "skipped",
    Status.UNREADABLE: "error",
    Status.ERROR: "error",
}
# Characters that XML cannot hold, escaped or not.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def export(request: ExportRequest) -> Export:
    """One document with all chosen results."""
    suites = Element("testsuites", name="grader")
    for result in request.chosen():
        suites.append(_suite(result, request.level))
    for count in ("tests", "failures", "errors"):
        suites.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    ElementTree.indent(suites)
    return Export({"": ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True) + b"\n"})


def _suite(result: Result, level: str) -> Element:
    tasks = student_view(result, level)
    student = _clean(result.student)
    outcomes = [_outcome(task) for task in tasks]
    suite = Element("testsuite", name=f"{student}: {result.exercise}", package=result.exercise)
    counts = {"tests": len(tasks), "failures": outcomes.count("failure"), "errors": outcomes.count("error")}
    for name, count in (counts | {"skipped": outcomes.count("skipped")}).items():
        suite.set(name, str(count))
    suite.set("time", f"{result.wall_seconds:.3f}")
    properties = {"student": student, "exercise": result.exercise, "sandbox": result.sandbox}
    properties |= {"score": points(result.score), "max_score": points(result.max_score)}
    for task in tasks:
        properties |= {f"{task.task}.score": points(task.score), f"{task.task}.max_score": points(task.max_score)}
    listed = SubElement(suite, "properties")
    for name, value in properties.items():
        SubElement(listed, "property", name=name, value=value)
    for task, outcome in zip(tasks, outcomes, strict=True):
        _case(suite, f"{student}.{result.exercise}", task, outcome, level)
    return suite


def _case(suite: Element, classname: str, task: TaskFeedback, outcome: str, level: str) -> None:
    case = SubElement(suite, "testcase", name=task.task, classname=classname)
    if outcome:
        message = f"{points(task.score)} of {points(task.max_score)}: {task.status.word}"
        problem = SubElement(case, outcome, type=task.status, message=message)
        problem.text = _clean("\n".join(feedback_lines(task, level)[1:])) or None


def _outcome(task: TaskFeedback) -> str:
    return "" if task.status == Status.PASSED else OUTCOMES.get(task.status, "failure")


def _clean(text: str) -> str:
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
