"""Runs untrusted jobs in jailed processes and gives their outcomes back in order."""

import json
import os
import select
import sys
import time
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType

from codesieve.errors import IsolationError
from codesieve.sandbox import report
from codesieve.sandbox.codec import Unencodable, pack
from codesieve.sandbox.types import Isolation, Job, Limits, Outcome, Status
from codesieve.sandbox.worker import Worker

LEVEL = "L3"
DEFAULT_PREIMPORT = (
    *("abc", "bisect", "collections", "contextlib", "copy", "dataclasses", "datetime"),
    *("decimal", "enum", "fractions", "functools", "hashlib", "heapq", "inspect", "itertools"),
    *("json", "math", "operator", "os", "random", "re", "statistics", "string", "textwrap"),
    *("time", "typing"),
)
_WINDOW = 32  # jobs taken from the iterable beyond the oldest unfinished one, a worker
_MAX_REQUEST = 16 << 20
_MAX_ATTEMPTS = 2
_STARVED = 0.8


@dataclass(slots=True)
class _Task:
    job: Job
    request: bytes = b""
    attempts: int = 0
    outcome: Outcome | None = None


class Sandbox:
    """A context manager with `workers` warm zygotes.

    Raises IsolationError where this machine cannot isolate; it never runs code without. Not for
    use from several threads at once.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        workers: int = 1,
        preimport: Sequence[str] = DEFAULT_PREIMPORT,
    ) -> None:
        if not sys.platform.startswith("linux"):
            raise IsolationError(f"untrusted code is executed on Linux only, not on {sys.platform}")
        limits = limits or Limits()
        self._workers = [Worker(limits, preimport) for _ in range(max(1, workers))]
        self._limits = limits
        self._busy: dict[Worker, _Task] = {}
        self._running = False
        self._close = weakref.finalize(self, _stop_all, self._workers, os.getpid())
        try:
            features = [worker.start() for worker in self._workers]
        except IsolationError:
            self.close()
            raise
        self.isolation = Isolation(LEVEL, features[0])

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all zygotes. A closed sandbox runs nothing."""
        self._close()

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Outcomes in the order of `jobs`, taken from the iterable as workers become free.

        A job whose zygote dies is run once more in a new one, then it is HARNESS_ERROR; one that
        times out without having had the processor is run once more. Abandoning the iterator ends
        what is still running.
        """
        if self._running or not self._close.alive:
            raise RuntimeError("this sandbox is closed, or already running")
        self._running = True
        try:
            yield from self._run(iter(jobs))
        finally:
            self._running = False
            for worker in self._busy:
                worker.stop()
            self._busy.clear()

    def _run(self, jobs: Iterator[Job]) -> Iterator[Outcome]:
        window: deque[_Task] = deque()
        more = True
        while more or window:
            while more and len(window) < _WINDOW * len(self._workers):
                worker = next((w for w in self._workers if w not in self._busy), None)
                if worker is None:
                    break
                job = next(jobs, None)
                if job is None:
                    more = False
                    break
                task = _prepare(job)
                window.append(task)
                if task.outcome is None:
                    self._begin(worker, task)
            while window and (outcome := window[0].outcome) is not None:
                window.popleft()
                yield outcome
            if self._busy:
                self._wait()

    def _begin(self, worker: Worker, task: _Task) -> None:
        """Start an attempt, or give the task up."""
        while task.attempts < _MAX_ATTEMPTS:
            task.attempts += 1
            try:
                worker.begin(task.request)
            except (OSError, IsolationError):
                worker.stop()
            else:
                self._busy[worker] = task
                return
        task.outcome = report.failed(
            task.job, Status.HARNESS_ERROR, "the zygote died twice", self.isolation.level
        )

    def _wait(self) -> None:
        """Wait for a reply, settle all that have come, and end zygotes beyond their deadline."""
        poll = select.poll()
        by_descriptor = {worker.fileno(): worker for worker in self._busy}
        for descriptor in by_descriptor:
            poll.register(descriptor, select.POLLIN)
        left = min(worker.deadline for worker in self._busy) - time.monotonic()
        ready = {by_descriptor[descriptor] for descriptor, _ in poll.poll(max(0.0, left) * 1000)}
        for worker in list(self._busy):
            if worker in ready:
                self._settle(worker)
            elif time.monotonic() > worker.deadline:
                worker.stop()
                self._begin(worker, self._busy.pop(worker))

    def _settle(self, worker: Worker) -> None:
        task = self._busy.pop(worker)
        reply = worker.reply()
        if reply is None:
            self._begin(worker, task)
            return
        outcome = report.read_outcome(task.job, reply, self.isolation.level)
        starved = outcome.cpu_s < _STARVED * self._limits.wall_s
        again = outcome.status == Status.HARNESS_ERROR or (
            outcome.status == Status.TIMEOUT and starved
        )
        if again and task.attempts < _MAX_ATTEMPTS:
            self._begin(worker, task)
        else:
            task.outcome = outcome


def _stop_all(workers: list[Worker], owner: int) -> None:
    if os.getpid() == owner:  # not in a fork of the process that started them
        for worker in workers:
            worker.stop()


def _prepare(job: Job) -> _Task:
    """The task of a job, settled at once where the job cannot be executed."""
    reason = None
    try:
        calls = [pack((tuple(call.args), dict(call.kwargs))) for call in job.calls]
        message = {
            "code": job.code,
            "setup": job.setup,
            "entry_point": job.entry_point,
            "calls": calls,
        }
        request = json.dumps(message).encode("ascii")
        if len(request) > _MAX_REQUEST:
            reason = f"the job has {len(request)} bytes, more than {_MAX_REQUEST}"
        elif job.calls and not is_entry_point(job.entry_point):
            reason = "the entry point is not `name`, `Class.method` or `Class().method`"
    except Unencodable as error:
        reason = f"arguments are not plain data: {error}"
    if reason is not None:
        return _Task(job, outcome=report.failed(job, Status.NOT_EXECUTED, reason, "none"))
    return _Task(job, request)


def is_entry_point(text: str | None) -> bool:
    """Whether `text` is `name`, `Class.method` or `Class().method`."""
    if text is None:
        return False
    owner, dot, method = text.partition(".")
    if not dot:
        return owner.isidentifier()
    return owner.removesuffix("()").isidentifier() and method.isidentifier()
