"""A map stage: a part of rows in, a part of new columns out, each with a fingerprint."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from codesieve.pipeline.engine import LocalEngine
from codesieve.pipeline.fingerprint import fingerprint
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.parts import Part, read_part, write_part

Compute = Callable[[pa.Table], pa.Table]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class PartTask:
    """One part to compute."""

    name: str
    fingerprint: str
    rows: int


@dataclass(frozen=True)
class MapStage(ABC):
    """A stage that looks at one part of the pool at a time; picklable, opened in a worker.

    `version` is raised by hand whenever the same input would give another output; a golden test
    guards it.
    """

    name: ClassVar[str]
    version: ClassVar[int]

    root: Path  # of the run folder

    @abstractmethod
    def parameters(self) -> dict[str, Any]:
        """Everything besides the input part that decides the output: JSON values."""

    @abstractmethod
    def compute(self, stack: ExitStack) -> Compute:
        """Open what the stage needs; the function from a pool table to row_id plus new columns.

        Metadata on the returned table's schema is kept in the part.
        """

    def opened(self, stack: ExitStack) -> Callable[[PartTask], Part]:
        """The engine's view of the stage: read a part, compute, write a part."""
        compute, folder = self.compute(stack), RunFolder(self.root)

        def run(task: PartTask) -> Part:
            table = compute(read_part(folder.stage("pool"), task.name))
            return write_part(folder.stage(self.name), task.name, table, task.fingerprint)

        return run

    def tasks(self, pool: Sequence[Part]) -> list[PartTask]:
        """What each part of the pool asks for."""
        own = fingerprint(self.name, self.version, self.parameters())
        return [PartTask(part.name, fingerprint(own, part.fingerprint), part.rows) for part in pool]


def run_stage(
    folder: RunFolder,
    stage: MapStage,
    pool: Sequence[Part],
    engine: LocalEngine,
    progress: Progress,
) -> tuple[tuple[Part, ...], int]:
    """Compute the parts that are not on disk with the right fingerprint; close the stage.

    Args:
        folder: the run folder.
        stage: what to compute.
        pool: parts of the pool, in order.
        engine: where.
        progress: called with the number of rows whenever a part is there.

    Returns:
        The stage's parts, in pool order, and how many rows were computed.
    """
    tasks = stage.tasks(pool)
    done = folder.stored_parts(stage.name, {task.name: task.fingerprint for task in tasks})
    progress(sum(part.rows for part in done.values()))
    missing = [task for task in tasks if task.name not in done]
    for task, part in engine.map(stage, missing):
        done[task.name] = part
        progress(task.rows)
    parts = tuple(done[task.name] for task in tasks)
    folder.close_stage(stage.name, parts, version=stage.version, parameters=stage.parameters())
    return parts, sum(task.rows for task in missing)
