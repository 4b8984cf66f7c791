"""Early HumanEval+ keeps its added inputs in a file of their own; they are joined by task id."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from codesieve.benchmarks.records import read_records
from codesieve.errors import SourceError

KEYS = {"task_id", "inputs"}


class PlusInputs:
    """The inputs of those files, among the files of a benchmark, that hold nothing else."""

    def __init__(self, paths: Sequence[Path], called: str) -> None:
        """Read them.

        Args:
            paths: all files of the benchmark.
            called: named in errors.
        """
        self._called = called
        self._by_task: dict[str, Any] = {}
        self._used: set[str] = set()
        self.files = tuple(path for path in paths if self._read(path))

    def _read(self, path: Path) -> bool:
        where = f"{self._called}: {path}"
        for ordinal, record in enumerate(read_records(path, where)):
            if record.keys() != KEYS:
                if ordinal == 0:
                    return False
                raise SourceError(f"{where}: item {ordinal} does not hold task_id and inputs alone")
            self._by_task[str(record["task_id"]).replace("_", "/")] = record["inputs"]
        return bool(self._by_task)

    def add_to(self, record: dict[str, Any]) -> None:
        """Put the task's inputs into its record, as `plus_input`."""
        task_id = record.get("task_id")
        if isinstance(task_id, str) and task_id in self._by_task:
            record["plus_input"] = self._by_task[task_id]
            self._used.add(task_id)

    def check(self) -> None:
        """Raise SourceError if inputs belong to no task."""
        unused = sorted(self._by_task.keys() - self._used)
        if unused:
            raise SourceError(
                f"{self._called}: there are inputs for {unused[0]!r} and no such task"
            )
