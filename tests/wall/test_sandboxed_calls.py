"""The wall from the outside: calls reach the student's process, values come back, and nothing else does."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import cloudpickle
import gymnasium
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from grader.wall import sandbox
from grader.wall.client import (
    ImportFailed,
    LimitReached,
    StudentError,
    StudentStopped,
    raised_there,
)

ECHO = "def echo(value): return value"


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -(2**80), 2.5, float("inf"), 1j, "größer", b"\x00", [1, [2]], (1, (2,)), {1, 2}, {"a": (1, None)}],
    ids=repr,
)
def test_plain_values_come_back_as_they_are(student, value):
    result = student(ECHO).echo(value)
    assert result == value
    assert type(result) is type(value)


def test_arrays_keep_shape_and_dtype(student):
    for array in (np.zeros((0, 3)), np.arange(6, dtype=np.uint8).reshape(2, 3).T, np.array(1.5, dtype=np.float32)):
        result = student(ECHO).echo(array)
        assert result.dtype == array.dtype
        assert result.shape == array.shape
        assert np.array_equal(result, array)


def test_arguments_are_copies(student):
    array = np.zeros(3)
    student("def change(x):\n    x += 1\n    return x").change(array)
    assert np.array_equal(array, np.zeros(3))


def test_keyword_arguments_and_defaults_work(student):
    work = student("def power(x, exponent=2): return x ** exponent")
    assert work.power(3) == 9
    assert work.power(x=2, exponent=3) == 8


def test_functions_estimators_and_environments_can_be_handed_over(student):
    work = student(
        """
        def apply(f, x): return f(x)
        def fit(estimator, x, y): return estimator.fit(x, y).predict(x)
        def first(env, seed): return env.reset(seed=seed)[0]
        """
    )
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    offset = 10
    assert work.apply(lambda x: x + offset, 1) == 11
    x = np.arange(4.0).reshape(-1, 1)
    assert work.fit(LinearRegression(), x, 2 * x.ravel()) == pytest.approx(2 * x.ravel())
    assert np.shape(work.first(gymnasium.make("CartPole-v1"), 1)) == (4,)


def test_a_function_that_is_handed_over_may_call_the_students_own(student):
    work = student(
        """
        def twice(x): return 2 * x
        def apply(f, x): return f(x)
        """
    )
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    assert work.apply(lambda x: work.twice(x) + 1, 5) == 11
    assert work.apply(work.twice, 5) == 10


def test_a_generator_draws_the_same_for_the_same_seed_and_never_the_same_twice(student):
    work = student("def draw(rng): return rng.random()")
    rng = np.random.default_rng(5)
    first, second = work.draw(rng), work.draw(rng)
    assert first != second
    assert work.draw(np.random.default_rng(5)) == first
    assert work.draw(np.random.default_rng(6)) != first


def test_a_cache_of_any_type_can_be_handed_back(student):
    work = student(
        """
        from collections import defaultdict, namedtuple
        from dataclasses import dataclass
        import numpy as np

        Pair = namedtuple("Pair", "a b")

        @dataclass
        class Cache:
            value: object

        def make(kind):
            return {"dataclass": Cache(np.arange(3)), "function": lambda: 3, "named": Pair(1, np.arange(3)),
                    "default": defaultdict(list, x=[1]), "mixed": [Cache(1), (Pair(2, 3), {"c": Cache(4)})]}[kind]

        def use(kind, cache):
            if kind == "dataclass": return int(cache.value.sum())
            if kind == "function": return cache()
            if kind == "named": return cache.a
            if kind == "default": return len(cache["new"])
            return cache[0].value + cache[1][0].a + cache[1][1]["c"].value
        """
    )
    for kind, expected in (("dataclass", 3), ("function", 3), ("named", 1), ("default", 0), ("mixed", 7)):
        assert work.use(kind, work.make(kind)) == expected


def test_a_named_tuple_and_a_default_dictionary_can_be_looked_into(student):
    work = student(
        """
        from collections import defaultdict, namedtuple
        def split(): return namedtuple("Split", "train test")([1, 2], [3])
        def count(): return defaultdict(int, a=2)
        """
    )
    train, test = work.split()
    assert (train, test) == ([1, 2], [3])
    assert work.count()["a"] == 2


def test_objects_have_methods_and_a_length(student):
    work = student(
        """
        class Buffer:
            def __init__(self, capacity): self.capacity, self.items = capacity, []
            def add(self, item): self.items = (self.items + [item])[-self.capacity:]
            def __len__(self): return len(self.items)
            def last(self): return self.items[-1]
        """
    )
    buffer = work.Buffer(2)
    for item in ("a", "b", "c"):
        buffer.add(item)
    assert len(buffer) == 2
    assert buffer.last() == "c"


def test_generators_are_iterated_lazily_and_their_errors_are_errors_of_the_call(student):
    work = student(
        """
        def batches(n):
            if n < 1: raise ValueError("n must be positive")
            for i in range(n): yield i, [i]
        def forever():
            while True: yield 1
        """
    )
    assert list(work.batches(3)) == [(0, [0]), (1, [1]), (2, [2])]
    with pytest.raises(ValueError, match="must be positive"):
        next(iter(work.batches(0)))
    numbers = iter(work.forever())
    assert [next(numbers), next(numbers)] == [1, 1]


def test_a_generator_that_never_ends_is_given_up(student, monkeypatch):
    monkeypatch.setattr("grader.wall.remote_objects.MAX_ITEMS", 50)
    work = student("def forever():\n    while True: yield 1")
    with pytest.raises(StudentStopped, match="does not end"):
        list(work.forever())


def test_answers_that_take_the_grader_too_long_to_read_are_given_up(student, monkeypatch):
    """Lists of 1.5 MB, one after the other: cheap to send, dear to read"""
    monkeypatch.setattr("grader.wall.client.MAX_TREES_PER_TASK", 4 * 2**20)
    work = student("big = [[] for _ in range(1_500_000)]\ndef forever():\n    while True: yield big", call_seconds=10)
    with pytest.raises(LimitReached, match="more than 4 MB"):
        list(work.forever())
    with pytest.raises(StudentStopped, match="not run"):
        work.forever()


def test_of_many_answers_some_are_kept(student, monkeypatch):
    monkeypatch.setattr("grader.wall.client.MAX_KEPT", 10_000_000)
    work = student("import numpy as np\ndef f(): return np.zeros(500_000)")
    work.record = []
    for _ in range(4):
        work.f()
    assert [exchange.reply is None for exchange in work.record] == [False, False, True, True]
    assert sum(exchange.size for exchange in work.record) < 10_000_000


def test_exceptions_arrive_as_their_built_in_type_with_message_and_line(student):
    work = student(
        """
        import numpy as np

        class OwnError(KeyError): pass

        def fail(kind):
            if kind == "own": raise OwnError("mine")
            if kind == "deep": return np.zeros(3) + np.zeros(4)
            if kind == "exit": raise SystemExit(3)
            if kind == "interrupt": raise KeyboardInterrupt
            raise NotImplementedError("ex01 precision")
        """
    )
    with pytest.raises(KeyError, match="mine"):
        work.fail("own")
    with pytest.raises(ValueError, match="broadcast") as deep:
        work.fail("deep")
    assert raised_there(deep.value).line == 8
    for kind, name in (("exit", "SystemExit"), ("interrupt", "KeyboardInterrupt")):
        with pytest.raises(StudentError) as ended:
            work.fail(kind)
        assert raised_there(ended.value).kind == name
    with pytest.raises(NotImplementedError) as to_do:
        work.fail("to do")
    assert raised_there(to_do.value).own


def test_warnings_arrive_as_warnings(student):
    work = student("import numpy as np\ndef f(x): return np.exp(x)\ndef quiet(x): return x")
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert work.f(np.array([1000.0])) == np.inf
    with pytest.warns(RuntimeWarning, match="overflow"):
        work.f(np.array([1000.0]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        work.quiet(1)
        with pytest.raises(RuntimeWarning):
            work.f(np.array([1000.0]))


def test_not_implemented_from_a_library_is_not_to_do(student):
    work = student("import codecs\ndef f(): return codecs.Codec().encode('')")
    with pytest.raises(NotImplementedError) as raised:
        work.f()
    assert not raised_there(raised.value).own


def test_a_missing_function_is_named(student):
    with pytest.raises(AttributeError, match=r"work\.py does not define accuracy"):
        student(ECHO).accuracy([1], [1])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def f(:\n", r"work\.py, line 1: SyntaxError"),
        ("\n\nimport no_such_package\n", r"work\.py, line 3: ModuleNotFoundError"),
        ("x = 1\nraise SystemExit(1)\n", r"work\.py, line 2: SystemExit: the file ends Python"),
        ("import os\nos._exit(0)\n", r"work\.py: while it was imported"),
        ("\x00\x00", r"work\.py"),
    ],
)
def test_a_file_that_cannot_be_imported_says_where(student, source, message):
    work = student(source)
    for _ in range(2):
        with pytest.raises(ImportFailed, match=message):
            work.anything(1)


def test_a_limit_costs_the_task_and_the_next_gets_a_fresh_process(student):
    work = student(
        "calls = []\ndef f(n):\n    calls.append(n)\n    while n < 0: pass\n    return len(calls)", call_seconds=0.3
    )
    assert work.f(1) == 1
    with pytest.raises(LimitReached, match=r"more than 0\.3 s of CPU time"):
        work.f(-1)
    with pytest.raises(StudentStopped, match="an earlier test of this task"):
        work.f(1)
    work.begin("another task", 0.3)
    assert work.f(1) == 1


def test_sleeping_is_stopped_too(student):
    work = student("import time\ndef f(): time.sleep(60)", call_seconds=0.1)
    with pytest.raises(LimitReached, match="took more than 1 s"):
        work.f()


def test_what_a_stopped_process_held_is_gone_and_says_so(student):
    work = student("def make(): return object()\ndef use(thing): return 1\ndef stop():\n    import os; os._exit(0)")
    thing = work.make()
    assert work.use(thing) == 1
    with pytest.raises(StudentStopped, match=r"os\._exit, a crash, or out of memory"):
        work.stop()
    with pytest.raises(StudentStopped, match="the object is gone"):
        work.use(thing)


def test_a_result_that_is_too_large_is_an_error_of_the_call(student):
    work = student("import numpy as np\ndef big(): return np.zeros(300 * 2**17)\ndef small(): return 1")
    with pytest.raises(ValueError, match="too large"):
        work.big()
    assert work.small() == 1


def test_unseeded_code_draws_the_same_for_the_same_submission_only(student):
    source = "import random\nimport numpy as np\ndef draw(): return random.random(), np.random.rand()"
    assert student(source, seed=1).draw() == student(source, seed=1).draw()
    assert student(source, seed=1).draw() != student(source, seed=2).draw()


def test_what_is_to_be_trained_draws_the_same_for_every_submission(student):
    """The first call of such a test draws from its seed, whatever the file drew before; the next ones go on."""
    source = """
        import random
        import numpy
        numpy.random.rand({})
        def draw(): return [numpy.random.rand(), random.random()]
    """
    drawn = []
    for number in (1, 2):
        file = student(source.format(number), seed=number)
        before = file.draw()
        file.begin("training", 2, seed=7)
        drawn.append([file.draw(), file.draw()])
        file.begin("another test", 2)
        assert before not in (*drawn[-1], file.draw())
    assert drawn[0] == drawn[1]
    assert drawn[0][0] != drawn[0][1]


def test_a_student_can_import_what_the_course_uses_and_plot(student):
    work = student(
        """
        import matplotlib.pyplot as plt
        import scipy.special
        import sklearn.metrics
        import course_data

        def f():
            plt.plot([1, 2])
            plt.savefig("curve.png")
            return len(course_data.load("iris").x_train)
        """
    )
    work.begin("plots", 10)
    assert work.f() == 112


def test_the_environment_is_empty_of_the_machine(student, monkeypatch):
    work = student("import os\ndef names(): return sorted(os.environ), os.environ['HOME'], os.getcwd()")
    names, home, folder = work.names()
    assert home == folder
    assert not {"USER", "SSH_AUTH_SOCK", "PYTEST_CURRENT_TEST", "VIRTUAL_ENV"} & set(names)


def test_threads_of_libraries_are_pinned(student):
    work = student("import os\ndef threads(): return os.environ['OMP_NUM_THREADS']")
    assert work.threads() == "1"


def test_no_secret_lies_in_a_readable_path():
    for secret in (
        "solutions",
        "grader/hidden",
        "grader/misconceptions",
        "grader/grading",
        "exercises",
        "tests",
        ".git",
    ):
        path = sandbox.KIT / secret
        for readable in sandbox.readable(()):
            assert not path.is_relative_to(readable), f"{readable} would show {secret}"


def test_a_secret_inside_a_readable_folder_is_left_out(tmp_path, monkeypatch):
    (tmp_path / "lib" / "course" / "results").mkdir(parents=True)
    (tmp_path / "lib" / "course" / "notes").mkdir()
    (tmp_path / "lib" / "python").mkdir()
    monkeypatch.setattr(sandbox, "SYSTEM", (str(tmp_path / "lib"),))
    paths = sandbox.readable((tmp_path / "lib" / "course" / "results",))
    assert str(tmp_path / "lib" / "python") in paths
    assert str(tmp_path / "lib" / "course" / "notes") in paths
    assert not any((tmp_path / "lib" / "course" / "results").is_relative_to(path) for path in paths)


def test_an_interpreter_in_the_temporary_folder_is_seen(tmp_path):
    """Virtual environments of build machines lie there; the sandbox's own /tmp must not hide them."""
    if sandbox.missing("bubblewrap"):
        pytest.skip("no bubblewrap here")
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        (folder / "python").write_text("seen")
        paths = ["/usr", "/lib", "/lib64", "/bin", str(folder)]
        done = subprocess.run(
            [*sandbox._bubblewrap({}, paths), "/bin/cat", str(folder / "python")], capture_output=True, text=True
        )
    finally:
        shutil.rmtree(folder)
    assert done.stdout == "seen"
