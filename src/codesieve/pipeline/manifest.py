"""The manifest: what was asked, what was read, what was used, and that the sums hold."""

import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from codesieve import __version__
from codesieve.errors import RunError
from codesieve.pipeline.decide import Decision, status_counts
from codesieve.pipeline.fingerprint import sha256_of
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.parts import Parts, parts_fingerprint
from codesieve.pipeline.plan import Plan
from codesieve.pipeline.pool import FileEntry

SCHEMA_VERSION = 1  # of the run folder; raised when a reader of old folders would be wrong
LIBRARIES = ("numpy", "pyarrow", "scikit-learn", "scipy")


def build_manifest(
    plan: Plan,
    entries: Sequence[FileEntry],
    parts: Parts,
    decision: Decision,
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    """Everything that a reader of the run needs to know; no time and no path of this machine.

    Args:
        plan: of the run.
        entries: of the pool's files.
        parts: of every stage.
        decision: the verdicts' counts and numbers used.
        facts: further findings (leakage, complexity, quality), taken in as they are.

    Raises:
        RunError: records read are not samples plus quarantined, or samples are not selected plus
            dropped: a bug, and nothing of the run can be trusted.
    """
    totals = count_totals(entries, decision.ledger)
    return {
        "schema_version": SCHEMA_VERSION,
        "codesieve": __version__,
        "libraries": {name: version(name) for name in LIBRARIES},
        "python": platform.python_version(),
        "name": plan.recipe.name,
        "fingerprint": plan.fingerprint,
        "seed": plan.recipe.seed,
        "sample": plan.sample,
        "recipe": plan.asked,
        "sources": [entry.facts() for entry in entries],
        "benchmarks": [
            {"name": one.name, "items": len(one.items), "digest": one.digest}
            for one in plan.leakage.benchmarks
        ],
        "stages": {
            name: {"parts": len(own), "fingerprint": parts_fingerprint(own)}
            for name, own in parts.items()
        },
        "totals": totals,
        "status_by_source": status_counts(decision.ledger),
        "decision": decision.used,
        **facts,
    }


def count_totals(entries: Sequence[FileEntry], ledger: pa.Table) -> dict[str, int]:
    """Both sums of a run, checked."""
    read = {
        key: sum(int(getattr(entry, key)) for entry in entries)
        for key in ("records", "samples", "quarantined")
    }
    by_status: dict[str, int] = {}
    for counts in status_counts(ledger).values():
        for status, rows in counts.items():
            by_status[status] = by_status.get(status, 0) + rows
    selected = by_status.pop("selected", 0)
    dropped = sum(by_status.values())
    if read["records"] != read["samples"] + read["quarantined"]:
        raise RunError(f"rows were lost: {read} (a bug in codesieve; please report it)")
    if read["samples"] != selected + dropped or read["samples"] != ledger.num_rows:
        raise RunError(
            f"rows were lost: {read['samples']} samples, {selected} selected, {dropped} dropped "
            "(a bug in codesieve; please report it)"
        )
    return {**read, "selected": selected, "dropped": dropped}


def hashes_of(folder: RunFolder, files: Iterable[Path]) -> dict[str, str]:
    """SHA-256 of some files, by path in the folder."""
    return {path.relative_to(folder.root).as_posix(): sha256_of(path) for path in files}
