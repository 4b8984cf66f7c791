"""The local engine: a stage's parts on this machine's processes."""

import multiprocessing
import multiprocessing.util
import pickle
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from codesieve.errors import RunError

T = TypeVar("T")


class Work(Protocol):
    """What the engine runs: a picklable description that opens to a function of one task.

    `opened` enters whatever the function needs (models, a sandbox) on the stack and returns it;
    a worker opens once and keeps it for all its tasks.
    """

    def opened(self, stack: ExitStack) -> Callable[[Any], Any]:
        """The function of one task."""


class LocalEngine:
    """Runs work in this process (jobs = 1) or in that many worker processes."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=error is None, cancel_futures=True)

    def map(self, work: Work, tasks: Sequence[T]) -> Iterator[tuple[T, Any]]:
        """Yield (task, result) as tasks complete, in any order.

        Raises:
            RunError: a worker process died.
        """
        if not tasks:
            return  # nothing is opened for nothing
        if self.jobs == 1 or len(tasks) == 1:
            with ExitStack() as stack:
                function = work.opened(stack)
                for task in tasks:
                    yield task, function(task)
            return
        yield from self._map_in_processes(work, tasks)

    def _map_in_processes(self, work: Work, tasks: Sequence[T]) -> Iterator[tuple[T, Any]]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self.jobs, multiprocessing.get_context("spawn"), initializer=_start_worker
            )
        waiting = list(reversed(tasks))
        running: dict[Future[Any], T] = {}
        with tempfile.NamedTemporaryFile(prefix="codesieve-work-") as shared:
            pickle.dump(work, shared)  # once, and read once a worker: it may be large
            shared.flush()
            try:
                while waiting or running:
                    while waiting and len(running) < 2 * self.jobs:
                        task = waiting.pop()
                        with _interrupts_held():  # a worker is started here, with our mask
                            running[self._pool.submit(_run_task, shared.name, task)] = task
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        yield running.pop(future), future.result()
            except BrokenProcessPool as error:
                raise RunError(
                    "a worker process died (out of memory?); finished parts are kept: run the "
                    "same command again, with fewer --jobs if it repeats"
                ) from error
            finally:
                for future in running:
                    future.cancel()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C from processes that are just starting; it reaches this one afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


# What a worker process has open: where its work came from, its function, how to close it.
_OPEN: list[tuple[str, Callable[[Any], Any], ExitStack]] = []


def _run_task(shared: str, task: Any) -> Any:
    if not _OPEN or _OPEN[0][0] != shared:
        _close_work()
        with Path(shared).open("rb") as file:
            work: Work = pickle.load(file)
        stack = ExitStack()
        _OPEN.append((shared, work.opened(stack), stack))
    return _OPEN[0][1](task)


def _close_work() -> None:
    while _OPEN:
        _OPEN.pop()[2].close()


def _start_worker() -> None:
    """Die with the parent, leave Ctrl-C to it, and close what is open on the way out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    multiprocessing.util.Finalize(None, _close_work, exitpriority=10)
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
