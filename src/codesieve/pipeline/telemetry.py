"""Times, machine and memory of a run: useful, never part of the byte guarantee."""

import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codesieve.pipeline.atomic import read_json, write_json


@dataclass(slots=True)
class Clock:
    """Filled in by what is timed."""

    rows: int  # really computed, not found on disk


class Telemetry:
    """Keeps telemetry/stages.json: for each stage how long its last computation took."""

    def __init__(self, folder: Path, jobs: int) -> None:
        self._path = folder / "stages.json"
        self._jobs = jobs
        known = read_json(self._path)
        self._stages: dict[str, Any] = known if isinstance(known, dict) else {}

    @contextmanager
    def timed(self, stage: str, rows: int = 0) -> Iterator[Clock]:
        """Time a computation; nothing is recorded if it fails or computed no row."""
        start, used, clock = time.perf_counter(), time.process_time(), Clock(rows)
        yield clock
        if clock.rows:
            self._stages[stage] = {
                "rows": clock.rows,
                "seconds": round(time.perf_counter() - start, 3),
                "cpu_seconds_here": round(time.process_time() - used, 3),
                "peak_rss_mb": peak_rss_mb(),
                "jobs": self._jobs,
                "load": _load(),
            }
            write_json(self._path, self._stages)

    def seconds_per_row(self) -> dict[str, float]:
        """Seconds a row that each stage took on this machine when it was last computed."""
        return {
            stage: facts["seconds"] / facts["rows"]
            for stage, facts in self._stages.items()
            if facts.get("rows")
        }

    def save_machine(self) -> None:
        """Write telemetry/machine.json."""
        machine = {
            "platform": platform.platform(),
            "python": sys.version.split()[0],
            "cores": os.cpu_count(),
        }
        write_json(self._path.with_name("machine.json"), machine)


def peak_rss_mb() -> int:
    """Highest resident memory of this process plus that of its largest finished child, MiB."""
    if sys.platform == "win32":
        return 0
    import resource

    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return int((own + child) // unit)


def _load() -> float:
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0
