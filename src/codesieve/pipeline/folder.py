"""The run folder: where everything of a run stands, and the lock that keeps it to one process."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from codesieve.errors import RunError
from codesieve.pipeline.atomic import read_json, remove_temporaries, write_json
from codesieve.pipeline.parts import Part, existing_part, part_path, parts_fingerprint


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

    def stored_part(self, stage: str, name: str, fingerprint: str) -> Part | None:
        """A stage's part if it is there with this fingerprint, by the manifest or by its footer."""
        known = self._listed(stage).get(name)
        if known is not None and known.fingerprint == fingerprint:
            path = part_path(self.stage(stage), name)
            if path.exists() and path.stat().st_size == known.size:
                return known
        return existing_part(self.stage(stage), name, fingerprint)

    def _listed(self, stage: str) -> dict[str, Part]:
        manifest = read_json(self.stage(stage) / "manifest.json")
        if not isinstance(manifest, dict):
            return {}
        return {entry["name"]: Part(**entry) for entry in manifest.get("parts", [])}

    def is_closed(self, stage: str, expected: str) -> bool:
        """Whether a stage's manifest lists the parts expected and all are there in their size."""
        listed = self._listed(stage).values()
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
