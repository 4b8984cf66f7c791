"""What each way of ending is called, and what the calls of honest code give."""

import sys
from pathlib import Path

import pytest

from codesieve.sandbox import Call, Job, Limits, Sandbox, Status
from codesieve.sandbox.sandbox import is_entry_point


@pytest.mark.parametrize(
    ("code", "status", "detail"),
    [
        ("print('hello')", Status.RAN, None),
        ("import sys\nsys.exit(0)", Status.RAN, None),
        ("assert __name__ == '__main__'", Status.RAN, None),
        ("x =", Status.PARSE_ERROR, "SyntaxError: invalid syntax (line 1)"),
        ("x = '\ud800'", Status.PARSE_ERROR, None),
        ("x = '\0'", Status.PARSE_ERROR, None),
        ("import nowhere.at_all", Status.IMPORT_MISSING, "ModuleNotFoundError: No module named"),
        ("from math import nothing", Status.RUN_ERROR, "ImportError"),
        ("undefined", Status.RUN_ERROR, "NameError: name 'undefined' is not defined"),
        ("raise KeyError(object())", Status.RUN_ERROR, "KeyError: <object object at 0x>"),
        ("import sys\nsys.exit(1)", Status.RUN_ERROR, "SystemExit"),
        ("input('name? ')", Status.NEEDS_INPUT, "EOFError"),
        ("import sys\nint(sys.stdin.read())", Status.NEEDS_INPUT, "ValueError"),
        ("x = 'x' * (1 << 30)", Status.OUT_OF_MEMORY, "MemoryError"),
        ("import os\nos._exit(3)", Status.DIED, "exit code 3"),
        ("import os\nos.abort()", Status.DIED, "signal 6"),
        ("import time\ntime.sleep(60)", Status.TIMEOUT, None),
    ],
)
def test_the_end_of_a_program_has_a_name(sandbox, code, status, detail):
    (outcome,) = sandbox.run([Job("a", code)])
    assert outcome.status == status, outcome
    assert (outcome.detail or "").startswith(detail or "")
    assert outcome.isolation == "L3"


def test_calls_return_raise_or_cannot_be_sent(run):
    code = "def f(kind):\n    return {'n': 1}[kind] if kind != 'o' else object()"
    outcome = run(code, ("n",), ("x",), ("o",))
    assert outcome.status == Status.RAN
    assert [(r.kind, r.value, r.error) for r in outcome.results] == [
        ("returned", 1, None),
        ("raised", None, "KeyError"),
        ("unencodable", None, "object"),
    ]


def test_code_with_calls_is_not_main_and_setup_comes_first(run):
    code = "assert __name__ == 'solution'\ndef f(): return twice(4)"
    outcome = run(code, (), setup="def twice(x): return 2 * x")
    assert outcome.results[0].value == 8
    assert run(code, (), setup="x =").detail.startswith("setup: SyntaxError")


def test_methods_are_called_on_the_class_or_on_a_fresh_instance(run):
    code = """
class Box:
    def __init__(self): self.n = 0
    def add(self, k):
        self.n += k
        return self.n
    @staticmethod
    def twice(k): return 2 * k
"""
    fresh = run(code, (2,), (3,), entry_point="Box().add")
    assert [r.value for r in fresh.results] == [2, 3]
    assert run(code, (4,), entry_point="Box.twice").results[0].value == 8
    assert run(code, (4,), entry_point="Box().nothing").results[0].error == "AttributeError"
    assert run(code, (4,), entry_point="nothing").results[0].error == "NameError"


def test_entry_points_are_names_not_expressions(run):
    for good in ("f", "Class.method", "Class().method"):
        assert is_entry_point(good)
    for bad in (None, "", "f()", "a.b.c", "__import__('os').x", "f;g", "Class()", ".f", "f.", "1"):
        assert not is_entry_point(bad)
    outcome = run("def f(): return 1", (), entry_point="__import__('os').getpid")
    assert outcome.status == Status.NOT_EXECUTED
    assert outcome.results[0].kind == "lost"


def test_arguments_that_are_not_plain_data_are_not_executed(run):
    outcome = run("def f(x): return 1", (object(),))
    assert outcome.status == Status.NOT_EXECUTED
    assert outcome.detail == "arguments are not plain data: object"


def test_keyword_arguments_arrive(sandbox):
    job = Job("a", "def f(a, *, b): return a - b", "", "f", (Call((5,), {"b": 3}),))
    (outcome,) = sandbox.run([job])
    assert outcome.results[0].value == 2


def test_a_call_that_never_ends_keeps_the_results_before_it(run):
    code = "def f(x):\n    while x: pass\n    return 'done'"
    outcome = run(code, (0,), (1,), (0,))
    assert outcome.status == Status.TIMEOUT
    assert [r.kind for r in outcome.results] == ["returned", "lost", "lost"]


def test_a_call_that_ends_the_process_keeps_the_results_before_it(run):
    code = "import os\ndef f(x):\n    if x: os._exit(0)\n    return 'done'"
    outcome = run(code, (0,), (1,), (0,))
    assert outcome.status == Status.DIED
    assert [r.kind for r in outcome.results] == ["returned", "lost", "lost"]


def test_results_beyond_the_limit_are_an_output_limit(run):
    outcome = run("def f(): return 'x' * 700_000", (), (), ())
    assert outcome.status == Status.OUTPUT_LIMIT
    assert [r.kind for r in outcome.results] == ["returned", "lost", "lost"]


def test_honest_programs_of_many_kinds_work(run):
    code = """
import asyncio, dataclasses, json, pathlib, tempfile, threading

@dataclasses.dataclass
class Point:
    x: "int"

async def later(x):
    await asyncio.sleep(0)
    return x

def f():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "a.json")
        path.write_text(json.dumps([1]))
        read = json.loads(path.read_text())
    found = []
    thread = threading.Thread(target=found.append, args=(2,))
    thread.start()
    thread.join()
    print("noise" * 10_000)
    return read + found + [asyncio.run(later(3)), Point(4).x]
"""
    assert run(code, ()).results[0].value == [1, 2, 3, 4]


def test_numpy_works_inside_where_it_is_installed(jailed):
    numpy = pytest.importorskip("numpy")
    if not Path(numpy.__file__).is_relative_to(sys.prefix):
        pytest.skip("numpy lives outside of the interpreter's prefix, which is not seen inside")
    code = "import numpy\ndef f(): return numpy.arange(3) @ numpy.ones((3, 2))"
    with Sandbox(Limits(wall_s=20.0)) as sandbox:
        (outcome,) = sandbox.run([Job("a", code, "", "f", (Call(),))])
    assert outcome.results[0].value == [3.0, 3.0], outcome


def test_a_deterministic_program_has_a_deterministic_outcome(jailed):
    code = (
        "import os, random\ndef f(): return random.random(), list({'a', 'b', 'c', 'd'}), os.urandom"
    )
    code = code.replace(", os.urandom", ", os.getcwd(), dict(os.environ), os.uname().nodename")
    job = Job("a", code, "", "f", (Call(),))
    results = []
    for _ in range(2):
        with Sandbox() as sandbox:
            results += [outcome.results for outcome in sandbox.run([job, job])]
    assert results[0][0].kind == "returned"
    assert all(result == results[0] for result in results)


def test_outcomes_come_in_the_order_of_the_jobs(jailed):
    code = "import time\ndef f(x):\n    time.sleep(0.05 if x % 7 == 0 else 0)\n    return x"
    with Sandbox(workers=2) as sandbox:
        jobs = (Job(str(i), code, "", "f", (Call((i,)),)) for i in range(40))
        outcomes = list(sandbox.run(jobs))
    assert [o.results[0].value for o in outcomes] == list(range(40))
