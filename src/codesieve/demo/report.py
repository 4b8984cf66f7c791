"""Compares what a run did with what was planted: each trouble met, or not."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from codesieve.demo.planted import Planted, Rule, Trouble

RUN_ERROR_SCORE = 0.25  # what an untested response that failed is worth; an attack gets no more

_NEEDS_EXECUTION = (Rule.FIRST_IS_BEST, Rule.FAILS_ITS_TESTS, Rule.NOTHING_PASSES)

Ledger = Mapping[str, tuple[str, str]]
Quality = Mapping[str, tuple[str, float | None]]


@dataclass(frozen=True, slots=True)
class Met:
    """One trouble, what was expected and what happened; `ok` if that is the same.

    `judged` is False where code had to be executed to tell and this machine has no jail for it;
    such a trouble is `ok`, since nothing went wrong, but says nothing.
    """

    trouble: str
    what: str
    expected: str
    happened: str
    ok: bool
    judged: bool = True


def met(
    planted: Planted,
    ledger: Ledger,
    quality: Quality,
    quarantine: Mapping[str, str],
    traces: Collection[Path] = (),
) -> list[Met]:
    """How each planted trouble was met, in the order of `planted.troubles`.

    Args:
        planted: what `build` returned.
        ledger: row_id -> (status, reason in words).
        quality: row_id -> (evidence status, score or None).
        quarantine: row_id -> quarantine reason.
        traces: those of `planted.traces` that exist after the run (`escaped`).
    """
    judged = []
    for trouble in planted.troubles:
        ok, happened = _happened(trouble, ledger, quality, quarantine, traces)
        told = not (trouble.rule in _NEEDS_EXECUTION and _not_executed(trouble, quality))
        if not told:
            ok, happened = not traces, f"not judged, code is not executed here; {happened}"
        judged.append(Met(trouble.trouble, trouble.what, trouble.expected, happened, ok, told))
    return judged


def escaped(planted: Planted) -> list[Path]:
    """Traces of an attack that are found on this machine; none may be."""
    return [trace for trace in planted.traces if trace.exists()]


def _happened(
    trouble: Trouble,
    ledger: Ledger,
    quality: Quality,
    quarantine: Mapping[str, str],
    traces: Collection[Path],
) -> tuple[bool, str]:
    """Whether it went as expected, and what happened in words."""
    places = [_place(row, ledger, quarantine) for row in trouble.rows]
    told = ", ".join(places)
    scores = [quality.get(row, ("not judged", None)) for row in trouble.rows]
    judged = ", ".join(f"{status}{_shown(score)}" for status, score in scores)
    match trouble.rule:
        case Rule.ONE_KEPT:
            gone = all(row in ledger for row in trouble.rows)
            return gone and places.count("duplicate") == len(places) - 1, told
        case Rule.LEAKED:
            return all(place == "leaked" for place in places), told
        case Rule.FIRST_IS_BEST:
            first, *others = places
            known = trouble.rows[0] in ledger and first != "worse_in_group"
            return known and all(other == "worse_in_group" for other in others), told
        case Rule.FAILS_ITS_TESTS:
            ok = all(s == "tested" and score is not None and score < 1 for s, score in scores)
            return ok, f"{judged}; {told}"
        case Rule.NOTHING_PASSES:
            return _failed(scores) and not traces, f"{judged}; {told}{_left(traces)}"
        case Rule.NOT_ALL_SELECTED:
            known = all(row in ledger for row in trouble.rows)
            return known and not all(place == "selected" for place in places), told
        case Rule.IN_THE_POOL:
            return all(row in ledger and row not in quarantine for row in trouble.rows), told
        case Rule.QUARANTINED:
            wanted = all(quarantine.get(row) == trouble.reason for row in trouble.rows)
            return wanted and not any(row in ledger for row in trouble.rows), told
        case Rule.REFUSED_IN_FILE:
            return _cut(trouble, ledger, quarantine)


def _not_executed(trouble: Trouble, quality: Quality) -> bool:
    return any(quality.get(row, ("", None))[0] == "not_executed" for row in trouble.rows)


def _place(row: str, ledger: Ledger, quarantine: Mapping[str, str]) -> str:
    """The row's ledger status, or that and why it is in quarantine, or that it is nowhere."""
    if row in ledger:
        return ledger[row][0]
    return f"quarantined: {quarantine[row]}" if row in quarantine else "nowhere"


def _shown(score: float | None) -> str:
    return "" if score is None else f" {score:.2f}"


def _failed(scores: list[tuple[str, float | None]]) -> bool:
    """Whether none of them passed a test or came to its end as if nothing were wrong."""
    known = all(status != "not judged" for status, _ in scores)
    return known and all(s is None or s <= RUN_ERROR_SCORE for _, s in scores)


def _left(traces: Collection[Path]) -> str:
    return "; left on the host: " + ", ".join(map(str, traces)) if traces else ""


def _cut(trouble: Trouble, ledger: Ledger, quarantine: Mapping[str, str]) -> tuple[bool, str]:
    """Rows of the file in the pool, and its refusals."""
    file = trouble.rows[0].rpartition("#")[0] + "#"
    rows = sum(row.startswith(file) for row in ledger)
    reasons = sorted(reason for row, reason in quarantine.items() if row.startswith(file))
    happened = f"{rows} rows kept, quarantined: {', '.join(reasons) or 'nothing'}"
    return rows > 0 and reasons == [trouble.reason], happened
