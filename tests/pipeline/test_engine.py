"""The local engine: every result comes, work is opened once a worker, a dead worker is said."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from codesieve.errors import RunError
from codesieve.pipeline.engine import LocalEngine


@dataclass(frozen=True)
class Square:
    """Squares numbers; notes in a folder when it is opened and closed, and by whom."""

    notes: str

    def opened(self, stack):
        mark = Path(self.notes, f"opened-{os.getpid()}")
        assert not mark.exists()
        mark.touch()
        stack.callback(Path(self.notes, f"closed-{os.getpid()}").touch)
        return lambda number: number * number


@dataclass(frozen=True)
class Dies:
    def opened(self, stack):
        return lambda number: os._exit(9) if number == 3 else number


@dataclass(frozen=True)
class Fails:
    def opened(self, stack):
        def fail(number):
            raise ValueError(f"number {number}")

        return fail


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_task_gives_its_result_and_work_is_opened_once_a_worker(tmp_path, jobs):
    with LocalEngine(jobs) as engine:
        assert dict(engine.map(Square(str(tmp_path)), range(20))) == {n: n * n for n in range(20)}
    opened = {path.name.partition("-")[2] for path in tmp_path.glob("opened-*")}
    closed = {path.name.partition("-")[2] for path in tmp_path.glob("closed-*")}
    assert opened == closed and 1 <= len(opened) <= jobs


def test_a_worker_that_dies_is_an_error_that_says_to_run_again():
    with pytest.raises(RunError, match="run the same command again"), LocalEngine(2) as engine:
        list(engine.map(Dies(), range(8)))


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_the_work_reaches_the_caller(jobs):
    with pytest.raises(ValueError, match="number"), LocalEngine(jobs) as engine:
        list(engine.map(Fails(), range(4)))
