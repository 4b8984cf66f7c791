"""The tables a run prints: what went in, what went where and why, what came out."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from codesieve.demo.report import Met
from codesieve.pipeline.estimate import Estimate, estimate
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.plan import make_plan
from codesieve.pipeline.recipe import LoadedRecipe
from codesieve.pipeline.verdicts import STATUSES

MIN_WIDTH = 110  # of tables in a file or a pipe


def make_console() -> Console:
    """A console on standard output; wide where nobody's window sets the width."""
    console = Console()
    return console if console.is_terminal else Console(width=max(console.width, MIN_WIDTH))


def make_table(title: str, texts: Sequence[str], numbers: Sequence[str]) -> Table:
    """An empty table whose columns of text come first, those of numbers after."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for heading in texts:
        table.add_column(heading)
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table


def print_summary(folder: RunFolder, manifest: dict[str, Any]) -> None:
    """Print the flow of rows by source, leakage, evidence and where the set stands."""
    console = make_console()
    console.print(_flow_table(manifest))
    if manifest["leakage"]:
        console.print(_leakage_table(manifest["leakage"]))
    console.print(_evidence_table(manifest))
    totals, complexity = manifest["totals"], manifest["complexity"]
    length, random = (_number(complexity[name]["spearman"]) for name in ("length", "random"))
    lines = [
        f"{totals['records']:,} records = {totals['samples']:,} samples + "
        f"{totals['quarantined']:,} quarantined",
        f"{totals['samples']:,} samples = {totals['selected']:,} selected + "
        f"{totals['dropped']:,} dropped",
        f"complexity ({complexity['scorer']}) beside its baselines, rank correlation over "
        f"{complexity['ranked']:,} ranked rows: length {length}, random {random}",
        f"max_similarity in force: {manifest['decision']['max_similarity']:.4f}",
    ]
    repairs = _repairs(manifest)
    if repairs:
        lines.append(f"repaired conversations: {repairs}")
    budget = manifest["recipe"]["selection"]["budget"]
    if totals["selected"] < budget:
        lines.append(f"the budget of {budget:,} could not be filled: the pool ended first")
    lines.append(f"training set: {folder.selected}  (why: codesieve explain {folder.root} ROW_ID)")
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


def _repairs(manifest: dict[str, Any]) -> str:
    counts = Counter[str]()
    for source in manifest["sources"]:
        counts.update(source["repairs"])
    return ", ".join(f"{name} {rows:,}" for name, rows in sorted(counts.items()))


def _flow_table(manifest: dict[str, Any]) -> Table:
    counts = manifest["status_by_source"]
    present = [s for s in STATUSES if s != "selected" and any(s in c for c in counts.values())]
    table = Table(
        title=f"{manifest['name']}: rows by what became of them",
        title_justify="left",
        box=SIMPLE_HEAD,
    )
    table.add_column("source")
    for heading in ("records", "quarantined", *present, "selected"):
        table.add_column(heading.replace("_", " "), justify="right")
    total = [0] * (len(present) + 3)
    for source in dict.fromkeys(one["source"] for one in manifest["sources"]):
        files = [one for one in manifest["sources"] if one["source"] == source]
        own = counts.get(source, {})
        row = [sum(one["records"] for one in files), sum(one["quarantined"] for one in files)]
        row += [own.get(status, 0) for status in (*present, "selected")]
        total = [left + right for left, right in zip(total, row, strict=True)]
        table.add_row(source, *(f"{number:,}" for number in row))
    table.add_section()
    table.add_row("all", *(f"{number:,}" for number in total))
    return table


def _leakage_table(facts: list[dict[str, Any]]) -> Table:
    numbers = ["items", "pool", "max", "threshold", "rows at or over", "pool under", "selected"]
    table = make_table("Test Leakage Index, percent", ["benchmark"], numbers)
    for one in facts:
        table.add_row(
            one["benchmark"], f"{one['items']:,}", f"{100 * one['tli_mean']:.2f}",
            f"{100 * one['tli_max']:.1f}", f"{100 * one['threshold']:g}", f"{one['dropped']:,}",
            f"{100 * one['tli_mean_after']:.2f}", f"{100 * one['tli_mean_selected']:.2f}",
        )  # fmt: skip
    return table


def _evidence_table(manifest: dict[str, Any]) -> Table:
    quality = manifest["quality"]
    levels = ", ".join(f"{level} {rows:,}" for level, rows in quality["isolation"].items())
    table = Table(
        title=f"Evidence of quality (isolation: {levels})", title_justify="left", box=SIMPLE_HEAD
    )
    for heading in ("evidence", "pool", "selected"):
        table.add_column(heading, justify="left" if heading == "evidence" else "right")
    for status, rows in quality["pool"].items():
        table.add_row(status, f"{rows:,}", f"{quality['selected'].get(status, 0):,}")
    return table


def print_plan(loaded: LoadedRecipe, sample: float, jobs: int) -> None:
    """Print what a run would read, compute and leave on disk; computes nothing."""
    plan = make_plan(loaded, sample)
    console = make_console()
    if plan.finished() is not None:
        console.print(f"{plan.folder.root}: finished; a run would do nothing", highlight=False)
    told = estimate(plan, jobs)
    console.print(_sources_table(told))
    console.print(_stages_table(told))
    console.print(
        f"folder: {plan.folder.root}; about {told.megabytes:,.0f} MB and "
        f"{_duration(told.seconds)} on {jobs} processes ({told.basis})",
        highlight=False, soft_wrap=True,
    )  # fmt: skip


def _sources_table(told: Estimate) -> Table:
    table = make_table("Sources", ["source", "file", "shape"], ["MB", "records"])
    for one in told.files:
        mark = "" if one.exact else "~"
        table.add_row(
            one.source, one.file, one.shape, f"{one.size / 1e6:.1f}", f"{mark}{one.records:,}"
        )
    return table


def _stages_table(told: Estimate) -> Table:
    table = make_table("Stages", ["stage"], ["rows", "stored", "to compute", "expected"])
    for one in told.stages:
        table.add_row(
            one.name, f"~{one.rows:,}", f"{one.stored:,}", f"{one.rows - one.stored:,}",
            _duration(one.seconds),
        )  # fmt: skip
    return table


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.2f}"


def print_met(met: Sequence[Met]) -> None:
    """Print how each planted trouble was met, one line a kind and the exceptions in full."""
    texts = ["trouble", "expected", "for example"]
    table = make_table("Planted troubles", texts, ["planted", "as expected"])
    for trouble in dict.fromkeys(one.trouble for one in met):
        own = [one for one in met if one.trouble == trouble]
        as_expected = sum(one.ok and one.judged for one in own)
        table.add_row(trouble, own[0].expected, own[0].happened, str(len(own)), str(as_expected))
    console = make_console()
    console.print(table)
    for one in met:
        if not one.ok:
            console.print(f"NOT MET: {one.what}: {one.happened}", markup=False, highlight=False)
    ok = sum(one.ok and one.judged for one in met)
    console.print(f"{ok} of {len(met)} planted troubles were met as expected", highlight=False)
    if unjudged := sum(not one.judged for one in met):
        console.print(
            f"{unjudged} could not be judged: code is not executed here (codesieve doctor)",
            highlight=False,
        )
