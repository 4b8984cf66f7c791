"""Benchmarks and their reference solutions, judged in the real sandbox where there is one."""

import gzip
import json
from pathlib import Path

import pytest

from codesieve.quality import (
    Evidence,
    EvidenceStatus,
    ExecutionStore,
    assess,
    mine_cases,
    read_tests,
)
from codesieve.sandbox import Limits, Sandbox, probe
from codesieve.schema import Sample, Turn, content_id

DATA = Path(__file__).parents[2] / "../shared/data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the shared data files are not here")
needs_jail = pytest.mark.skipif(
    probe().level == "none", reason="no isolation on this machine: nothing is executed"
)


def rows(name: str) -> list[dict]:
    path = DATA / name
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        text = file.read()
    return json.loads(text) if text.startswith("[") else list(map(json.loads, text.splitlines()))


def sample(instruction: str, response: str, **fields) -> Sample:
    turns = (Turn("user", instruction), Turn("assistant", response))
    return Sample("s/f#0", content_id(turns), "s", turns, **fields)


def executed(samples: list[Sample], **options) -> list[Evidence]:
    with Sandbox(Limits(wall_s=2.0)) as sandbox:
        return list(assess(samples, sandbox, **options))


@needs_jail
@pytest.mark.parametrize(
    ("instruction", "response", "status", "score"),
    [
        ("f(1) -> 2\nf(2) -> 3", "def f(x):\n    return x + 1", "tested", 1.0),
        ("f(1) -> 2\nf(2) -> 5", "```python\ndef f(x):\n    return x + 1\n```", "tested", 0.5),
        ("f(1) -> 2", "def f(x):\n    while True: pass", "tested", 0.0),
        ("f(1) -> 2", "import no_such_module\ndef f(x):\n    return 2", "import_missing", None),
        ("f(1) -> 2", "def f(x):\n    import no_such_module\n    return 2", "import_missing", None),
        ("f(1) -> 2", "def f(x):\n    return x + 1\nraise ValueError", "tested", 0.0),
        ("Print it.", "print('it')", "ran", 0.5),
        ("Print it.", "print(it)", "run_error", 0.25),
        ("Print it.", "print(input())", "needs_input", None),
        ("Twice.", "x = 1\nprint(x)\nreturn x", "parse_error", 0.25),
    ],
)
def test_each_ending_of_a_response_has_its_status(instruction, response, status, score):
    (result,) = executed([sample(instruction, response)])
    assert (result.status.value, result.score) == (status, score)
    assert result.isolation is not None


@needs_jail
def test_an_execution_is_read_back_with_the_same_verdict(tmp_path):
    samples = [sample("f(1) -> (2, {3})", "def f(x):\n    return 2, {3}")]
    with ExecutionStore(tmp_path / "s", Limits(wall_s=2.0)) as store:
        before = executed(samples, store=store)
        assert executed(samples, store=store) == before
    assert before[0].score == 1.0


@needs_data
def test_most_humaneval_prompts_hold_examples():
    tasks = rows("benchmarks/HumanEval.jsonl.gz")
    suites = [mine_cases(row["prompt"], row["prompt"] + row["canonical_solution"]) for row in tasks]
    assert sum(bool(suite.cases) for suite in suites) >= 145
    assert {suite.entry_point for suite in suites} - {row["entry_point"] for row in tasks} == {None}


@needs_data
def test_most_tests_of_public_sets_can_be_read():
    leetcode = rows("unit_tests/LeetCodeDataset-v0.2.0-train.jsonl.gz")
    suites = [read_tests(row["test"], row["entry_point"], row["completion"]) for row in leetcode]
    assert sum(bool(suite.cases) for suite in suites) >= 0.93 * len(suites)
    mbpp = rows("benchmarks/sanitized-mbpp.json")
    suites = [read_tests(json.dumps(row["test_list"]), None, row["code"]) for row in mbpp]
    assert sum(bool(suite.cases) for suite in suites) >= 0.99 * len(suites)


@needs_data
@needs_jail
def test_reference_solutions_pass_their_own_tests():
    humaneval = rows("benchmarks/HumanEval.jsonl.gz")[:40]
    leetcode = rows("unit_tests/LeetCodeDataset-v0.2.0-train.jsonl.gz")[:40]
    samples = [
        sample(
            row["prompt"],
            row["prompt"] + row["canonical_solution"],
            tests=row["test"],
            entry_point=row["entry_point"],
        )
        for row in humaneval
    ]
    samples += [
        sample(
            row["query"],
            row["response"],
            tests=row["test"],
            entry_point=row["entry_point"],
            setup=row["prompt"],
        )
        for row in leetcode
    ]
    results = executed(samples)
    tested = [result for result in results if result.status is EvidenceStatus.TESTED]
    assert len(tested) >= 70
    assert [result for result in tested if result.score != 1.0] == []
