"""The tables a run prints: what went in, what went where and why, what came out."""

from collections import Counter
from typing import Any

from rich.table import Table

from codesieve.cli.tables import make_console, make_table
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.verdicts import STATUSES

# Headings broken so that the table of a run with every status fits a window of 80 columns.
BROKEN = {
    "quarantined": "quaran- tined",
    "duplicate": "dupli- cate",
    "no_complexity": "no comp- lexity",
}


def print_summary(folder: RunFolder, manifest: dict[str, Any]) -> None:
    """Print the flow of rows by source, leakage, evidence and where the set stands."""
    console = make_console()
    console.print(_flow_table(manifest))
    if manifest["leakage"]:
        console.print(_leakage_table(manifest["leakage"]))
        console.print(_leakage_by_source(manifest["leakage"]))
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
    levels = ", ".join(f"{n} {rows:,}" for n, rows in manifest["quality"]["isolation"].items())
    lines.append(f"isolation of executed rows: {levels}")
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
    names = ("records", "quarantined", *present, "selected")
    numbers = [BROKEN.get(name, name.replace("_", " ")) for name in names]
    table = make_table(f"{manifest['name']}: rows by what became of them", ["source"], numbers)
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


def _leakage_by_source(facts: list[dict[str, Any]]) -> Table:
    title = "The same by source (rows at or over the threshold)"
    table = make_table(title, ["source"], [one["benchmark"] for one in facts])
    for source in facts[0]["by_source"]:
        cells = [one["by_source"][source] for one in facts]
        shown = [f"{100 * cell['tli_mean']:.2f} ({cell['dropped']:,})" for cell in cells]
        table.add_row(source, *shown)
    return table


def _evidence_table(manifest: dict[str, Any]) -> Table:
    quality = manifest["quality"]
    table = make_table("Evidence of quality, rows", ["evidence"], ["pool", "selected"])
    for status, rows in quality["pool"].items():
        table.add_row(status, f"{rows:,}", f"{quality['selected'].get(status, 0):,}")
    return table


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.2f}"
