"""Nouns of the sandbox: what is asked of it, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

CallKind = Literal["returned", "raised", "unencodable", "lost"]


class Status(StrEnum):
    """How the execution of one job ended."""

    RAN = "ran"  # the code came to its end and every call was attempted
    PARSE_ERROR = "parse_error"  # not a program of this Python version
    IMPORT_MISSING = "import_missing"  # a module that is not installed here, while loading
    RUN_ERROR = "run_error"  # any other exception while loading
    NEEDS_INPUT = "needs_input"  # failed while loading after reading the empty stdin
    TIMEOUT = "timeout"  # longer than `Limits.wall_s`
    OUT_OF_MEMORY = "out_of_memory"  # MemoryError while loading
    OUTPUT_LIMIT = "output_limit"  # results larger than `Limits.output_bytes`
    DIED = "died"  # the process vanished without a report
    HARNESS_ERROR = "harness_error"  # our fault, twice; says nothing about the code
    NOT_EXECUTED = "not_executed"  # the job itself cannot be executed; `detail` says why


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one job. Sizes in the unit of the name; `wall_s` in seconds."""

    wall_s: float = 5.0
    memory_mb: int = 1024  # address space
    output_bytes: int = 1 << 20  # all results of a job together, encoded
    file_mb: int = 64  # the private tmpfs
    inodes: int = 4096  # files and folders in it
    processes: int = 64  # threads; a job may not make processes


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the entry point. Plain data only (see `codec`)."""

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """Untrusted `code`, executed after `setup` in one namespace, then the `calls` in order.

    With calls the module is named `solution` and `entry_point` is `name`, `Class.method` or
    `Class().method` (a fresh instance a call); without calls it runs as `__main__`.
    """

    job_id: str
    code: str
    setup: str = ""
    entry_point: str | None = None
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class CallResult:
    """What came back of one call.

    `value` is plain data when `kind` is "returned"; `error` is the exception's type name when
    "raised", the reason when "unencodable"; "lost" means that nothing came back.
    """

    kind: CallKind
    value: Any = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one job: `results` has one entry a call. Times in seconds are telemetry."""

    job_id: str
    status: Status
    results: tuple[CallResult, ...]
    detail: str | None
    isolation: str
    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Isolation:
    """What stands between untrusted code and this machine.

    `level` is "L3" (namespaces, read-only root, private tmpfs, seccomp) or "none"; `features`
    lists what is active; `reason` says in one line why the level is "none".
    """

    level: str
    features: tuple[str, ...]
    reason: str | None = None
