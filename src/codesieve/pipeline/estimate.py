"""What a run would cost: rows, disk and time, from what is stored and what was measured."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from codesieve.pipeline.atomic import read_json
from codesieve.pipeline.inputs import InputFile
from codesieve.pipeline.plan import Plan
from codesieve.pipeline.telemetry import Telemetry
from codesieve.pool.opening import COMPRESSIONS
from codesieve.pool.outcomes import Record
from codesieve.pool.records import read_records

# Seconds a row and process, measured on 2 shared cores on the real recipe (docs/real-run.md); used
# until this machine has telemetry of its own.
SECONDS_PER_ROW = {
    "pool": 4e-4,
    "leakage": 4e-4,
    "complexity": 2e-4,
    "quality": 8e-3,
    "embedder": 2e-4,
    "embedding": 2e-4,
    "neighbours": 2e-5,
    "decide": 1e-4,
    "export": 2e-4,
}
PROCESS_BOUND = ("embedder", "neighbours", "decide", "export")  # one process whatever --jobs says
COMPRESSION_RATIO = 4.0  # text bytes a byte of .gz or .zst
BYTES_PER_ROW = 1_200  # of parts besides text: embeddings, verdicts, scores


@dataclass(frozen=True, slots=True)
class FileEstimate:
    """One input file; `exact` says whether a former run counted its records."""

    source: str
    file: str
    shape: str
    size: int
    records: int
    exact: bool


@dataclass(frozen=True, slots=True)
class StageEstimate:
    """One stage: rows, how many of them are in stored parts, seconds for the others."""

    name: str
    rows: int
    stored: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """Costs of a run; `basis` says what the times rest on."""

    files: tuple[FileEstimate, ...]
    stages: tuple[StageEstimate, ...]
    megabytes: float
    seconds: float
    basis: str


def estimate(plan: Plan, jobs: int) -> Estimate:
    """Estimate a run; reads the first records of files that no run has counted."""
    known = _counted(plan)
    files = tuple(_file(plan, one, known) for one in plan.inputs)
    rows = sum(one.records for one in files)
    measured = Telemetry(plan.folder.telemetry, jobs).seconds_per_row()
    stored = _stored_rows(plan)
    stages = []
    for name, default in SECONDS_PER_ROW.items():
        rate = measured.get(name, default / (1 if name in PROCESS_BOUND else jobs))
        have = min(rows, stored.get(name, 0))
        stages.append(StageEstimate(name, rows, have, rate * (rows - have)))
    text = sum(one.size * (COMPRESSION_RATIO if _packed(one.file) else 1) for one in files)
    return Estimate(
        files,
        tuple(stages),
        (text / 2 + rows * BYTES_PER_ROW) * plan.sample / 1e6,
        sum(one.seconds for one in stages),
        "from the last run in this folder" if measured else "from another machine, so roughly",
    )


def _file(plan: Plan, one: InputFile, known: dict[str, int]) -> FileEstimate:
    exact = known.get(f"{one.source.name}/{one.file}/{one.sha256}")
    records = exact if exact is not None else round(_guess(plan, one) * plan.sample)
    return FileEstimate(
        one.source.name, one.file, one.shape_name, one.size, records, exact is not None
    )


def _guess(plan: Plan, one: InputFile) -> int:
    """Records of a file from the mean size of its first ones."""
    limit = plan.recipe.max_record_bytes
    first = list(
        islice(read_records(one.path, format=one.source.format, max_record_bytes=limit), 1000)
    )
    if len(first) < 1000:
        return len(first)
    sizes = [record.raw_size for record in first if isinstance(record, Record)]
    ratio = COMPRESSION_RATIO if _packed(one.file) or ".parquet" in one.file else 1.0
    return round(one.size * ratio / max(1.0, sum(sizes) / max(1, len(sizes))))


def _packed(file: str) -> bool:
    return file.lower().endswith(tuple(COMPRESSIONS))


def _counted(plan: Plan) -> dict[str, int]:
    """Records of files that a run in this folder has read, by source, file and hash."""
    manifest = read_json(plan.folder.stage("pool") / "manifest.json")
    entries: list[dict[str, Any]] = manifest.get("files", []) if isinstance(manifest, dict) else []
    return {f"{e['source']}/{e['file']}/{e['sha256']}": int(e["records"]) for e in entries}


def _stored_rows(plan: Plan) -> dict[str, int]:
    """Rows of parts that are on disk and still what would be computed."""
    from codesieve.pipeline.pool import stored_entries

    entries = stored_entries(plan)
    pool = [part for entry in entries for part in entry.parts]
    stored = {"pool": sum(entry.records for entry in entries)}
    for stage in plan.stages:
        stored[stage.name] = sum(
            task.rows
            for task in stage.tasks(pool)
            if plan.folder.stored_part(stage.name, task.name, task.fingerprint) is not None
        )
    return stored
