"""From samples to evidence, with scripted executions."""

from collections.abc import Iterator

import pytest
from tests.quality.runners import ScriptedRunner, ending, returning

from codesieve.quality import Evidence, EvidenceStatus, assess
from codesieve.sandbox import CallResult, Status
from codesieve.schema import Sample, Turn, content_id

CODE = "def f(x):\n    return x + 1"


def sample(instruction: str, response: str, row_id: str = "a/b#0", **fields) -> Sample:
    turns = (Turn("user", instruction), Turn("assistant", response))
    return Sample(row_id, content_id(turns), "a", turns, **fields)


def evidence(runner: ScriptedRunner | None, *fields, **more) -> Evidence:
    (result,) = assess([sample(*fields, **more)], runner)
    return result


def test_a_response_with_tests_scores_its_pass_rate():
    result = evidence(returning(2, 3, 9), "f(1) -> 2\nf(2) -> 3\nf(3) -> 4\nf(0.5) == q", CODE)
    assert result.status is EvidenceStatus.TESTED
    assert result.score == pytest.approx(2 / 3)
    assert (result.requested, result.parsed, result.run, result.passed) == (3, 3, 3, 2)
    assert (result.origin, result.forgeable, result.isolation) == ("instruction", False, "L3")
    assert result.detail == "failed (returned): f(3) == 4"


def test_brought_tests_go_before_examples_and_setup_goes_along():
    runner = returning(2)
    result = evidence(
        runner,
        "f(1) -> 5\nf(2) -> 5",
        CODE,
        tests="def check(candidate):\n    assert candidate(1) == 2",
        entry_point="f",
        setup="import math",
    )
    assert (result.score, result.origin, result.parsed) == (1.0, "brought", 1)
    (job,) = runner.jobs
    assert (job.setup, job.entry_point, job.code) == ("import math", "f", CODE)


def test_unreadable_tests_fall_back_to_examples_and_then_to_running():
    tests = "assert f(x) == y"
    assert evidence(returning(2), "f(1) -> 2", CODE, tests=tests).origin == "instruction"
    result = evidence(returning(), "Write f.", CODE, tests=tests)
    assert (result.status, result.score) == (EvidenceStatus.RAN, 0.5)
    assert (result.requested, result.parsed) == (1, 0)


def test_running_without_tests_is_weak_and_marked_forgeable():
    result = evidence(returning(), "Write f.", CODE)
    assert (result.status, result.score, result.forgeable) == (EvidenceStatus.RAN, 0.5, True)


@pytest.mark.parametrize(
    ("status", "score"),
    [
        (Status.RUN_ERROR, 0.25),
        (Status.TIMEOUT, 0.25),
        (Status.OUT_OF_MEMORY, 0.25),
        (Status.OUTPUT_LIMIT, 0.25),
        (Status.DIED, 0.25),
        (Status.PARSE_ERROR, 0.25),
        (Status.IMPORT_MISSING, None),
        (Status.NEEDS_INPUT, None),
        (Status.NOT_EXECUTED, None),
        (Status.HARNESS_ERROR, None),
    ],
)
def test_every_status_is_its_own_and_with_tests_a_failure_is_zero(status, score):
    untested = evidence(ending(status, "why"), "Write f.", CODE)
    assert (untested.status.value, untested.score) == (status.value, score)
    assert (untested.forgeable, untested.detail) == (False, f"{status.value}: why")
    tested = evidence(ending(status, "why"), "f(1) -> 2", CODE)
    if score is None:
        assert (tested.status.value, tested.score) == (status.value, None)
    else:
        assert (tested.status, tested.score) == (EvidenceStatus.TESTED, 0.0)
        assert (tested.parsed, tested.run, tested.passed) == (1, 0, 0)


def test_calls_answered_before_a_timeout_count():
    runner = ending(Status.TIMEOUT, None, CallResult("returned", 2))
    result = evidence(runner, "f(1) -> 2\nf(2) -> 3", CODE)
    assert (result.status, result.score, result.run) == (EvidenceStatus.TESTED, 0.5, 1)


def test_a_module_that_a_call_misses_is_no_verdict():
    runner = ending(Status.RAN, None, CallResult("raised", error="ModuleNotFoundError"))
    result = evidence(runner, "f(1) -> 2", CODE)
    assert (result.status, result.score) == (EvidenceStatus.IMPORT_MISSING, None)


def test_too_few_results_are_failures_not_crashes():
    runner = ScriptedRunner(lambda job: (Status.RAN, [], None))
    assert evidence(runner, "f(1) -> 2\nf(2) -> 3", CODE).score == 0.0


@pytest.mark.parametrize("runner", [None, returning()], ids=["no sandbox", "sandbox"])
def test_what_needs_no_execution_is_found_without_one(runner):
    assert evidence(runner, "Why?", "Because it is so.").status is EvidenceStatus.NO_CODE
    other = evidence(runner, "Query", "SELECT name FROM users;")
    assert (other.status, other.language, other.score) == (EvidenceStatus.NOT_PYTHON, "sql", None)
    broken = evidence(runner, "Write f.", "def f(x):\n    return (x")
    assert (broken.status, broken.score) == (EvidenceStatus.PARSE_ERROR, 0.25)
    tested = evidence(runner, "f(1) -> 2", "def f(x):\n    return (x")
    assert (tested.status, tested.score) == (EvidenceStatus.TESTED, 0.0)
    assert tested.detail == "parse_error"


def test_without_a_sandbox_code_is_not_executed_and_has_no_score():
    result = evidence(None, "f(1) -> 2", CODE)
    assert (result.status, result.score) == (EvidenceStatus.NOT_EXECUTED, None)
    assert (result.parsed, result.isolation, result.language) == (1, None, "python")


def test_evidence_comes_in_the_order_of_the_samples_across_windows():
    def many() -> Iterator[Sample]:
        for n in range(2500):
            response = [CODE, "Just words here.", "SELECT 1 FROM t;"][n % 3]
            yield sample("Do it.", response, row_id=f"a/b#{n}")

    results = list(assess(many(), returning()))
    assert [result.row_id for result in results] == [f"a/b#{n}" for n in range(2500)]
    assert [result.status.value for result in results[:3]] == ["ran", "no_code", "not_python"]


def test_samples_are_taken_only_as_evidence_is():
    taken = []

    def many() -> Iterator[Sample]:
        for n in range(10_000):
            taken.append(n)
            yield sample("Do it.", "words", row_id=str(n))

    next(assess(many(), None))
    assert len(taken) <= 1024


def test_details_are_one_line_that_does_not_change_from_run_to_run():
    def detail(text: str) -> str:
        return evidence(ending(Status.RUN_ERROR, text), "Write f.", CODE).detail

    assert detail("E: <g object at 0x7f12ab34cd>") == "run_error: E: <g object at 0x…>"
    assert detail("a\n  b\ud800") == "run_error: a b?"
    assert len(detail("x" * 10_000)) == 200
