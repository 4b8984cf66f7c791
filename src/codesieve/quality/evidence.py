"""Evidence about one response: what happened when it was looked at, and what that is worth."""

import re
from dataclasses import dataclass
from enum import StrEnum

from codesieve.quality.cases import Suite, SuiteOrigin, judge
from codesieve.sandbox import Outcome, Status

MAX_DETAIL = 200  # characters
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")


class EvidenceStatus(StrEnum):
    """The tiers of evidence, strongest first; the last six say nothing about the code."""

    TESTED = "tested"  # judged by test cases; score = passed / parsed
    RAN = "ran"  # came to its end without tests: weak, and forgeable
    PARSE_ERROR = "parse_error"
    RUN_ERROR = "run_error"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    OUTPUT_LIMIT = "output_limit"
    DIED = "died"
    NOT_PYTHON = "not_python"
    NO_CODE = "no_code"
    IMPORT_MISSING = "import_missing"
    NEEDS_INPUT = "needs_input"
    NOT_EXECUTED = "not_executed"
    HARNESS_ERROR = "harness_error"

    @property
    def score(self) -> float | None:
        """What an untested response with this status is worth, None where nothing is known."""
        if self is EvidenceStatus.RAN:
            return 0.5
        failed = (self.PARSE_ERROR, self.RUN_ERROR, self.TIMEOUT, self.OUT_OF_MEMORY)
        return 0.25 if self in (*failed, self.OUTPUT_LIMIT, self.DIED) else None


_NO_VERDICT = frozenset(
    {Status.IMPORT_MISSING, Status.NEEDS_INPUT, Status.NOT_EXECUTED, Status.HARNESS_ERROR}
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One response's evidence.

    `requested` examples were found, `parsed` of them became cases, `run` calls gave an answer,
    `passed` of them the right one. `score` is in 0..1, or None where there is no evidence.
    `forgeable`: a response that knows of us could have made this up. `isolation` is the level that
    was active, None where nothing was executed. `detail` is one line, the same on every run.
    """

    row_id: str
    status: EvidenceStatus
    score: float | None
    requested: int = 0
    parsed: int = 0
    run: int = 0
    passed: int = 0
    origin: SuiteOrigin | None = None
    forgeable: bool = False
    isolation: str | None = None
    detail: str | None = None
    language: str | None = None


def without_run(
    row_id: str,
    status: EvidenceStatus,
    suite: Suite,
    language: str | None = "python",
    detail: str | None = None,
) -> Evidence:
    """Evidence of a response that was not executed.

    A program that does not parse has failed the tests it has: 0.0, not the 0.25 of an untested one.
    """
    tested = status is EvidenceStatus.PARSE_ERROR and bool(suite.cases)
    return Evidence(
        row_id=row_id,
        status=EvidenceStatus.TESTED if tested else status,
        score=0.0 if tested else status.score,
        requested=suite.requested,
        parsed=len(suite.cases),
        origin=suite.origin,
        detail=status.value if tested else detail,
        language=language,
    )


def from_outcome(row_id: str, suite: Suite, outcome: Outcome) -> Evidence:
    """Evidence of an executed response.

    With cases, score = passed / parsed: examples of the instruction that we could not read are not
    the response's fault (a test writer's would be the writer's; METHOD 4 counts those). Failing to
    load, timing out and the like leave calls unanswered, which fail. What the machine lacks (a
    module, input, isolation) is no verdict.
    """
    verdicts = judge(outcome, suite)
    status = _status(outcome, verdicts)
    tested = bool(suite.cases) and status.score is not None
    results = outcome.results[: len(suite.cases)]
    return Evidence(
        row_id=row_id,
        status=EvidenceStatus.TESTED if tested else status,
        score=sum(verdicts) / len(verdicts) if tested else status.score,
        requested=suite.requested,
        parsed=len(suite.cases),
        run=sum(result.kind != "lost" for result in results),
        passed=sum(verdicts) if tested else 0,
        origin=suite.origin,
        forgeable=not tested and status is EvidenceStatus.RAN,
        isolation=None if outcome.status is Status.NOT_EXECUTED else outcome.isolation,
        detail=_detail(outcome, suite, verdicts),
        language="python",
    )


def _status(outcome: Outcome, verdicts: tuple[bool, ...]) -> EvidenceStatus:
    """The outcome's status; a module missed by a call is a module missed."""
    if outcome.status not in _NO_VERDICT and not all(verdicts):
        for result, passed in zip(outcome.results, verdicts, strict=False):
            if not passed and result.kind == "raised" and result.error == "ModuleNotFoundError":
                return EvidenceStatus.IMPORT_MISSING
    return EvidenceStatus(outcome.status.value)


def _detail(outcome: Outcome, suite: Suite, verdicts: tuple[bool, ...]) -> str | None:
    if outcome.status is not Status.RAN:
        return _line(f"{outcome.status.value}: {outcome.detail or ''}".rstrip(": "))
    for case, passed, result in zip(suite.cases, verdicts, outcome.results, strict=False):
        if not passed:
            answer = result.error or result.kind
            return _line(f"failed ({answer}): {case.source}")
    return None


def _line(text: str) -> str:
    """One printable line that does not change from run to run."""
    text = _ADDRESS.sub("0x…", " ".join(text.split()))
    text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates
    return text if len(text) <= MAX_DETAIL else text[: MAX_DETAIL - 1] + "…"
