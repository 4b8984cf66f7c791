"""Executions that outlive the run."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.quality.runners import ScriptedRunner, returning

from codesieve.errors import CodesieveError
from codesieve.quality import ExecutionStore, assess
from codesieve.quality.store import execution_key
from codesieve.sandbox import Call, CallResult, Job, Limits, Outcome, Status
from codesieve.schema import Sample, Turn, content_id

JOB = Job("j", "def f(x):\n    return x", entry_point="f", calls=(Call((1, {2, 3}), {"k": [4]}),))


def outcome(status: Status = Status.RAN, value: object = None) -> Outcome:
    return Outcome("", status, (CallResult("returned", value),), "why", "L3", 0.5, 0.25)


def sample(row_id: str, instruction: str = "f(1) -> 2") -> Sample:
    turns = (Turn("user", instruction), Turn("assistant", "def f(x):\n    return x + 1"))
    return Sample(row_id, content_id(turns), "s", turns)


@settings(max_examples=50, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.tuples(inner) | st.sets(st.integers()),
        max_leaves=6,
    )
)
def test_an_outcome_comes_back_as_it_was_stored(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("store") / "executions.sqlite"
    with ExecutionStore(path) as store:
        store.put({b"k": outcome(value=value)})
    with ExecutionStore(path) as store:
        assert store.get([b"k", b"other"]) == {b"k": outcome(value=value)}


@pytest.mark.parametrize(
    "change",
    [
        {"code": "pass"},
        {"setup": "import os"},
        {"entry_point": "g"},
        {"calls": ()},
        {"calls": (Call((1, {2, 3}), {"k": [5]}),)},
    ],
)
def test_the_key_depends_on_everything_that_is_executed(change):
    assert execution_key(JOB, Limits()) != execution_key(replace(JOB, **change), Limits())


def test_the_key_depends_on_the_limits_and_not_on_the_row():
    assert execution_key(JOB, Limits()) != execution_key(JOB, Limits(wall_s=1.0))
    assert execution_key(JOB, Limits()) == execution_key(replace(JOB, job_id="x"), Limits())


def test_the_key_is_the_same_under_another_hash_seed():
    program = (
        "from codesieve.sandbox import *\nfrom codesieve.quality.store import execution_key\n"
        "job = Job('j', 'c', entry_point='f', calls=(Call(({'a', 'b', 'c', 'd'},)),))\n"
        "print(execution_key(job, Limits()).hex())"
    )
    keys = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("status", "kept"),
    [
        (Status.RAN, True),
        (Status.RUN_ERROR, True),
        (Status.TIMEOUT, True),
        (Status.OUT_OF_MEMORY, True),
        (Status.HARNESS_ERROR, False),
        (Status.NOT_EXECUTED, False),
        (Status.IMPORT_MISSING, False),
    ],
)
def test_only_what_says_something_about_the_code_is_kept(tmp_path, status, kept):
    with ExecutionStore(tmp_path / "store") as store:
        store.put({b"k": outcome(status)})
        assert bool(store.get([b"k"])) is kept


def test_the_first_writer_wins(tmp_path):
    with ExecutionStore(tmp_path / "s") as one, ExecutionStore(tmp_path / "s") as two:
        one.put({b"k": outcome(Status.RAN)})
        two.put({b"k": outcome(Status.TIMEOUT)})
        assert one.get([b"k"])[b"k"].status is two.get([b"k"])[b"k"].status is Status.RAN


def test_a_second_run_executes_nothing_and_says_the_same(tmp_path):
    samples = [sample("a"), sample("b"), sample("c", "f(2) -> 3")]
    first, second = returning(2), returning(999)
    with ExecutionStore(tmp_path / "s") as store:
        before = list(assess(samples, first, store=store))
    with ExecutionStore(tmp_path / "s") as store:
        assert list(assess(samples, second, store=store)) == before
    assert (len(first.jobs), len(second.jobs)) == (2, 0)  # equal jobs are executed once
    assert [result.score for result in before] == [1.0, 1.0, 0.0]


def test_what_was_not_kept_is_executed_again(tmp_path):
    failing = ScriptedRunner(lambda job: (Status.HARNESS_ERROR, [], None))
    with ExecutionStore(tmp_path / "s") as store:
        assert [e.score for e in assess([sample("a")], failing, store=store)] == [None]
        assert [e.score for e in assess([sample("a")], returning(2), store=store)] == [1.0]


WRITER = """
import sys
from pathlib import Path
from codesieve.quality import ExecutionStore
from codesieve.sandbox import Outcome, Status
with ExecutionStore(Path(sys.argv[1])) as store:
    for n in range(int(sys.argv[3])):
        key = f"{sys.argv[2]}{n}".encode()
        store.put({key: Outcome("", Status.RAN, (), None, "L3", 0.0, 0.0)})
        print(n, flush=True)
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_several_processes_write_at_once(tmp_path):
    path = tmp_path / "s"
    processes = [writer(path, name, 50) for name in "ab"]
    assert all(process.communicate() and process.returncode == 0 for process in processes)
    with ExecutionStore(path) as store:
        assert len(store.get([f"{name}{n}".encode() for name in "ab" for n in range(50)])) == 100


def test_a_killed_writer_leaves_a_store_with_all_it_had_committed(tmp_path):
    path = tmp_path / "s"
    process = writer(path, "a", 1_000_000)
    assert process.stdout is not None
    committed = [process.stdout.readline() for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with ExecutionStore(path) as store:
        assert len(store.get([f"a{n}".encode() for n in range(20)])) == len(committed)


@pytest.mark.parametrize("content", [b"not a database, but long enough to look like a file" * 20])
def test_a_file_that_is_no_store_is_one_clear_line(tmp_path, content):
    path = tmp_path / "s"
    path.write_bytes(content)
    with pytest.raises(CodesieveError, match=r"s: cannot be used as a store of executions"):
        ExecutionStore(path)


def test_a_damaged_entry_is_one_clear_line(tmp_path):
    with ExecutionStore(tmp_path / "s") as store:
        store._connection.execute("INSERT INTO executions VALUES (?, ?)", (b"k", '{"status": 1}'))
        with pytest.raises(CodesieveError, match="delete it"):
            store.get([b"k"])
