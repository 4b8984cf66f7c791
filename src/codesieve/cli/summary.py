"""The tables a run prints: what went in, what went where and why, what came out."""

from collections import Counter
from typing import Any

from rich.console import Console

from codesieve.cli.tables import HYPHEN, make_console, print_table
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.verdicts import STATUSES

HEADINGS = {
    "quarantined": f"quaran{HYPHEN}tined",
    "duplicate": f"dupli{HYPHEN}cate",
    "no_complexity": f"no comp{HYPHEN}lexity",
}


def print_summary(folder: RunFolder, manifest: dict[str, Any]) -> None:
    """Print the flow of rows by source, leakage, evidence and where the set stands."""
    console = make_console()
    _print_flow(console, manifest)
    if manifest["leakage"]:
        _print_leakage(console, manifest["leakage"])
        _print_leakage_by_source(console, manifest["leakage"])
    _print_evidence(console, manifest["quality"])
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
    console.print("\n".join(lines), soft_wrap=True)


def _repairs(manifest: dict[str, Any]) -> str:
    counts = Counter[str]()
    for source in manifest["sources"]:
        counts.update(source["repairs"])
    return ", ".join(f"{name} {rows:,}" for name, rows in sorted(counts.items()))


def _print_flow(console: Console, manifest: dict[str, Any]) -> None:
    counts = manifest["status_by_source"]
    present = [s for s in STATUSES if s != "selected" and any(s in c for c in counts.values())]
    names = ("records", "quarantined", *present, "selected")
    rows, total = [], [0] * len(names)
    for source in dict.fromkeys(one["source"] for one in manifest["sources"]):
        files = [one for one in manifest["sources"] if one["source"] == source]
        own = counts.get(source, {})
        row = [sum(one["records"] for one in files), sum(one["quarantined"] for one in files)]
        row += [own.get(status, 0) for status in (*present, "selected")]
        total = [left + right for left, right in zip(total, row, strict=True)]
        rows.append([source, *(f"{number:,}" for number in row)])
    title = f"{manifest['name']}: rows by what became of them"
    numbers = [HEADINGS.get(name, name.replace("_", " ")) for name in names]
    last = ["all", *(f"{number:,}" for number in total)]
    print_table(console, title, ["source"], numbers, rows, last)


def _print_leakage(console: Console, facts: list[dict[str, Any]]) -> None:
    numbers = ["items", "pool", "max", "threshold", "rows at or over", "pool under", "selected"]
    rows = [
        [
            one["benchmark"], f"{one['items']:,}", f"{100 * one['tli_mean']:.2f}",
            f"{100 * one['tli_max']:.1f}", f"{100 * one['threshold']:g}", f"{one['dropped']:,}",
            f"{100 * one['tli_mean_after']:.2f}", f"{100 * one['tli_mean_selected']:.2f}",
        ]
        for one in facts
    ]  # fmt: skip
    print_table(console, "Test Leakage Index, percent", ["benchmark"], numbers, rows)


def _print_leakage_by_source(console: Console, facts: list[dict[str, Any]]) -> None:
    rows = []
    for source in facts[0]["by_source"]:
        cells = [one["by_source"][source] for one in facts]
        shown = [f"{100 * cell['tli_mean']:.2f} ({cell['dropped']:,})" for cell in cells]
        rows.append([source, *shown])
    title = "The same by source (rows at or over the threshold)"
    print_table(console, title, ["source"], [one["benchmark"] for one in facts], rows)


def _print_evidence(console: Console, quality: dict[str, Any]) -> None:
    rows = [
        [status, f"{count:,}", f"{quality['selected'].get(status, 0):,}"]
        for status, count in quality["pool"].items()
    ]
    print_table(console, "Evidence of quality, rows", ["evidence"], ["pool", "selected"], rows)


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.2f}"
