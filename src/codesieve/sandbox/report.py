"""Turns what a zygote answered into an Outcome. The frames in it were written by hostile code.

A job can only choose what its own calls return: frames are taken in strict order, at most one a
call, and from the first that is malformed, repeated or out of turn on nothing is believed.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codesieve.sandbox.codec import Malformed, parse_json, unpack
from codesieve.sandbox.types import CallKind, CallResult, Job, Outcome, Status

LOST = CallResult("lost")
_LENGTH = struct.Struct("<I")
_MAX_DETAIL = 200
_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
_PATH = re.compile(r"(?:/[\w.@+-]+){2,}/?")
_LOAD_STATUSES = {
    str(status)
    for status in (
        Status.RAN,
        Status.PARSE_ERROR,
        Status.IMPORT_MISSING,
        Status.RUN_ERROR,
        Status.NEEDS_INPUT,
        Status.OUT_OF_MEMORY,
    )
}
_ERROR_KINDS: dict[str, CallKind] = {"raised": "raised", "unencodable": "unencodable"}


@dataclass(frozen=True, slots=True)
class Reply:
    """A zygote's answer: how the job ended, and the bytes it reported.

    `ended` is "closed", "timeout" or "output_limit"; `code` the exit code or minus the signal.
    """

    ended: str
    code: int
    wall_s: float
    cpu_s: float
    reports: bytes


def read_outcome(job: Job, reply: Reply, isolation: str) -> Outcome:
    """The outcome of a job. Never raises, whatever the reply's reports hold."""
    frames = _frames(reply.reports)
    locked = next(frames, None) == ["locked"]
    load, detail = _load(next(frames, None)) if locked else (None, None)
    results = list(_results(frames, len(job.calls))) if load == Status.RAN else []
    finished = len(results) == len(job.calls) and next(frames, None) == ["end"]
    results += [LOST] * (len(job.calls) - len(results))
    if not locked:
        status, detail = Status.HARNESS_ERROR, "the child could not be locked in"
    elif reply.ended == "timeout":
        status, detail = Status.TIMEOUT, None
    elif reply.ended == "output_limit":
        status, detail = Status.OUTPUT_LIMIT, None
    elif load is None or (load == Status.RAN and not finished):
        how = f"signal {-reply.code}" if reply.code < 0 else f"exit code {reply.code}"
        status, detail = Status.DIED, how
    else:
        status = load
    return Outcome(job.job_id, status, tuple(results), detail, isolation, reply.wall_s, reply.cpu_s)


def failed(job: Job, status: Status, detail: str, isolation: str) -> Outcome:
    """The outcome of a job that gave no reply."""
    results = (LOST,) * len(job.calls)
    return Outcome(job.job_id, status, results, clean(detail), isolation, 0.0, 0.0)


def clean(text: str, limit: int = _MAX_DETAIL) -> str:
    """One line of valid UTF-8 without addresses and host paths, at most `limit` characters."""
    text = text[: 4 * limit].encode("utf-8", "replace").decode("utf-8")
    text = _PATH.sub("PATH", _ADDRESS.sub("0x", text))
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text[:limit]


def _frames(data: bytes) -> Iterator[Any]:
    """Frames in order, ending silently before the first that is cut off or not JSON."""
    place = 0
    while place + _LENGTH.size <= len(data):
        (length,) = _LENGTH.unpack_from(data, place)
        place += _LENGTH.size
        if place + length > len(data):
            return
        try:
            yield parse_json(data[place : place + length])
        except Malformed:
            return
        place += length


def _load(frame: Any) -> tuple[Status | None, str | None]:
    match frame:
        case ["load", str(status), None] if status in _LOAD_STATUSES:
            return Status(status), None
        case ["load", str(status), str(detail)] if status in _LOAD_STATUSES:
            return Status(status), clean(detail)
    return None, None


def _results(frames: Iterator[Any], count: int) -> Iterator[CallResult]:
    for index in range(count):
        match next(frames, None):
            case ["call", int(k), "returned", tree] if type(k) is int and k == index:
                try:
                    yield CallResult("returned", unpack(tree))
                except Malformed:
                    return
            case ["call", int(k), str(kind), str(error)] if (
                type(k) is int and k == index and kind in _ERROR_KINDS
            ):
                yield CallResult(_ERROR_KINDS[kind], error=clean(error, 80))
            case _:
                return
