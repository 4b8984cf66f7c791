"""The run folder: where everything of a run stands, and the lock that keeps it to one process."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from codesieve.errors import RunError
from codesieve.pipeline.atomic import read_json, remove_temporaries, write_json
from codesieve.pipeline.parts import Part, existing_part, listed_parts, part_path, parts_fingerprint


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Paths of one run."""

    root: Path

    def stage(self, name: str) -> Path:
        """Folder of a stage's parts."""
        return self.root / name

    @property
    def manifest(self) -> Path:
        """Says what was done; written last."""
        return self.root / "manifest.json"

    @property
    def verdicts(self) -> Path:
        """Every rule's word on every row it judged."""
        return self.root / "verdicts.parquet"

    @property
    def ledger(self) -> Path:
        """One line a row."""
        return self.root / "ledger.parquet"

    @property
    def selected(self) -> Path:
        """The training set."""
        return self.root / "selected"

    @property
    def outputs(self) -> tuple[Path, ...]:
        """The files that a run is for."""
        names = ("README.md", "train.jsonl", "train.parquet")
        return (self.recipe, self.verdicts, self.ledger, *(self.selected / name for name in names))

    @property
    def recipe(self) -> Path:
        """The recipe as its author wrote it."""
        return self.root / "recipe.yaml"

    @property
    def telemetry(self) -> Path:
        """Times and machine: outside the byte guarantee."""
        return self.root / "telemetry"

    @property
    def executions(self) -> Path:
        """Executions by content, shared by the runs beside this one."""
        return self.root.parent / ".cache" / "executions.sqlite"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder; clean up after killed processes.

        Raises:
            RunError: another process holds it.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.root / ".lock", timeout=0):
                remove_temporaries(self.root)
                yield
        except Timeout as error:
            raise RunError(
                f"{self.root}: another codesieve process works on this run; wait for it or end it"
            ) from error

    def stored_parts(self, stage: str, wanted: Mapping[str, str]) -> dict[str, Part]:
        """Those of a stage's parts, wanted by name and fingerprint, that are there."""
        known = {part.name: part for part in self.listed(stage)}
        found = {
            name: existing_part(self.stage(stage), name, mark, known.get(name))
            for name, mark in wanted.items()
        }
        return {name: part for name, part in found.items() if part is not None}

    def listed(self, stage: str) -> list[Part]:
        """Parts that a stage's manifest lists."""
        manifest = read_json(self.stage(stage) / "manifest.json")
        return listed_parts(manifest.get("parts")) if isinstance(manifest, dict) else []

    def is_closed(self, stage: str, expected: str) -> bool:
        """Whether a stage's manifest lists the parts expected and all are there in their size."""
        listed = self.listed(stage)
        paths = [(part_path(self.stage(stage), part.name), part.size) for part in listed]
        there = all(path.exists() and path.stat().st_size == size for path, size in paths)
        return there and parts_fingerprint(listed) == expected

    def close_stage(self, stage: str, parts: Sequence[Part], **facts: Any) -> None:
        """Write a stage's manifest, which says that it is done, and delete parts of no use."""
        folder = self.stage(stage)
        wanted = {part_path(folder, part.name) for part in parts}
        for path in folder.glob("part-*.parquet"):
            if path not in wanted:
                path.unlink()
        manifest = {"stage": stage, **facts, "parts": [part.as_dict() for part in parts]}
        if read_json(folder / "manifest.json") != manifest:
            write_json(folder / "manifest.json", manifest)
