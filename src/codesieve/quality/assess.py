"""Samples to evidence: find the code, read the tests, execute, judge outside the sandbox."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from codesieve.code import extract, parse, python_program
from codesieve.quality.brought import read_tests
from codesieve.quality.cases import Suite
from codesieve.quality.evidence import Evidence, EvidenceStatus, from_outcome, without_run
from codesieve.quality.mining import mine_cases
from codesieve.quality.store import ExecutionStore
from codesieve.sandbox import Job, Outcome
from codesieve.schema import Sample

WINDOW = 1024  # samples held at a time
WINDOW_CHARACTERS = 16_000_000  # of their responses and tests
MINED_CASES = 12  # METHOD 4: cases a response
BROUGHT_CASES = 50


class Runner(Protocol):
    """What `assess` needs of a sandbox."""

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """One outcome a job, in order."""
        ...


@dataclass(frozen=True, slots=True)
class _Plan:
    """A sample's evidence, or the job that will bring it."""

    row_id: str
    suite: Suite
    evidence: Evidence | None = None
    job: Job | None = None


def assess(
    samples: Iterable[Sample],
    sandbox: Runner | None,
    *,
    store: ExecutionStore | None = None,
    mined_limit: int = MINED_CASES,
    brought_limit: int = BROUGHT_CASES,
) -> Iterator[Evidence]:
    """Evidence of each sample's response, in the order of the samples.

    Tests are those that the row brings, else those mined from its instruction, else none: then it
    is only seen whether the program runs. Without a sandbox, what needs none is still found (no
    code, another language, a syntax error) and the rest is `not_executed`. Executions found in
    `store` are not repeated, and new ones are kept there. At most 1,024 samples are held at a time.
    """
    for window in _windows(samples):
        plans = [_plan(sample, sandbox is None, mined_limit, brought_limit) for sample in window]
        jobs = [plan.job for plan in plans if plan.job is not None]
        outcomes = iter(_execute(jobs, sandbox, store) if sandbox is not None else ())
        for plan in plans:
            if plan.evidence is not None:
                yield plan.evidence
            else:
                yield from_outcome(plan.row_id, plan.suite, next(outcomes))


def suite_of(
    sample: Sample,
    code: str,
    mined_limit: int = MINED_CASES,
    brought_limit: int = BROUGHT_CASES,
) -> Suite:
    """The test cases that the program `code`, a response to `sample`, is held to.

    A row whose tests hold no readable case falls back to its instruction's examples; where these
    are none either, the suite still counts what was requested.
    """
    brought = Suite()
    if sample.tests:
        brought = read_tests(sample.tests, sample.entry_point, code, brought_limit)
    if brought.cases:
        return brought
    mined = mine_cases(sample.instruction, code, mined_limit)
    return mined if mined.cases or not brought.requested else brought


def _plan(sample: Sample, unexecuted: bool, mined_limit: int, brought_limit: int) -> _Plan:
    row_id = sample.row_id
    blocks = extract(sample.response)
    if not blocks:
        none = without_run(row_id, EvidenceStatus.NO_CODE, Suite(), None)
        return _Plan(row_id, Suite(), none)
    code = python_program(blocks)
    if code is None:
        other = without_run(row_id, EvidenceStatus.NOT_PYTHON, Suite(), blocks[0].language)
        return _Plan(row_id, Suite(), other)
    suite = suite_of(sample, code, mined_limit, brought_limit)
    if parse(code) is None:
        return _Plan(row_id, suite, without_run(row_id, EvidenceStatus.PARSE_ERROR, suite))
    if unexecuted:
        return _Plan(row_id, suite, without_run(row_id, EvidenceStatus.NOT_EXECUTED, suite))
    job = Job(
        job_id=row_id,
        code=code,
        setup=sample.setup or "",
        entry_point=suite.entry_point if suite.cases else None,
        calls=tuple(case.call for case in suite.cases),
    )
    return _Plan(row_id, suite, job=job)


def _execute(jobs: Sequence[Job], sandbox: Runner, store: ExecutionStore | None) -> list[Outcome]:
    """Outcomes of the jobs, in order; with a store, equal jobs are executed once."""
    if store is None:
        return list(sandbox.run(jobs))
    keys = [store.key(job) for job in jobs]
    known = store.get(list(set(keys)))
    fresh = {key: job for key, job in zip(keys, jobs, strict=True) if key not in known}
    new = dict(zip(fresh, sandbox.run(fresh.values()), strict=True))
    store.put(new)
    known |= new | store.get(list(new))  # who wrote first wins, here too
    return [known[key] for key in keys]


def _windows(samples: Iterable[Sample]) -> Iterator[list[Sample]]:
    window: list[Sample] = []
    size = 0
    for sample in samples:
        window.append(sample)
        size += len(sample.response) + len(sample.instruction) + len(sample.tests or "")
        if len(window) >= WINDOW or size >= WINDOW_CHARACTERS:
            yield window
            window, size = [], 0
    if window:
        yield window
