"""What `codesieve tli` prints: a line a data set and benchmark, the paper's row beneath it."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from codesieve.cli.harmless import harmless
from codesieve.cli.tables import print_table
from codesieve.leakage import TliIndex
from codesieve.leakage.paper import SOURCE, PaperRow, as_in_paper, paper_row
from codesieve.leakage.tally import TliFacts
from codesieve.pipeline.tli import FileTli, TliResult


def print_tli(
    console: Console, result: TliResult, index: TliIndex, top: int, threshold: float
) -> None:
    """Print the table, which fields were read, what was refused, and the sum of the rows."""
    rows: list[list[str]] = []
    papers = False
    names = _short([file.train for file in result.files])
    for file, name in zip(result.files, names, strict=True):
        for facts in file.facts:
            rows.append([name, facts.benchmark, *_numbers(facts)])
            paper = paper_row(file.train, facts.benchmark, facts.items)
            if paper is not None:
                papers = True
                rows.append([f"  paper: {paper.dataset}", facts.benchmark, *_printed(paper)])
    if len(result.files) > 1:
        rows += [["all", facts.benchmark, *_numbers(facts)] for facts in result.together]
    padded = "padded" if index.pad else "not padded"
    grams = ", ".join(map(str, index.ngrams))
    title = f"Test Leakage Index, percent (word {grams}-grams, {padded}; dropped at S >= "
    title += f"{100 * threshold:g})"
    numbers = ["rows", "items", f"TLI-mean@{top}", "TLI-max", "dropped", "dropped %", "TLI after"]
    print_table(console, title, ["data set", "benchmark"], numbers, rows)
    lines = [f"{harmless(file.train)}: text is {harmless(file.text)}" for file in result.files]
    if papers:
        own = as_in_paper(index.ngrams, index.pad, top, threshold)
        differ = "" if own else "; with 4- and 5-grams, padded, k = 1 and S >= 5, unlike here"
        lines.append(f"paper: as printed in Tables 2 and 8 of {SOURCE}{differ}")
    lines += [_refused(file) for file in result.files if file.refused]
    lines.append(
        f"{result.records:,} records = {result.clean:,} clean + {result.leaked:,} leaked "
        f"{_for_any(index)}+ {result.refused:,} refused"
    )
    console.print("\n".join(lines), soft_wrap=True)


def _short(paths: Sequence[str]) -> list[str]:
    """The files' names; their paths where two share a name."""
    names = [Path(path).name for path in paths]
    return names if len(set(names)) == len(names) else list(paths)


def _numbers(facts: TliFacts) -> list[str]:
    return [
        f"{facts.rows:,}", f"{facts.items:,}",
        f"{100 * facts.tli_mean:.2f}", f"{100 * facts.tli_max:.1f}",
        f"{facts.dropped:,}", f"{100 * facts.dropped / max(1, facts.rows):.2f}",
        f"{100 * facts.tli_mean_after:.2f}",
    ]  # fmt: skip


def _printed(paper: PaperRow) -> list[str]:
    """The paper's numbers under the same headings, a dash where it prints none."""
    cleaned: Sequence[str] = ("-", "-", "-")
    if paper.dropped is not None:
        share = 100 * paper.dropped / paper.rows
        cleaned = (f"{paper.dropped:,}", f"{share:.1f}", f"{paper.tli_after:.1f}")
    return [f"{paper.rows:,}", "-", f"{paper.tli:.1f}", "-", *cleaned]


def _refused(file: FileTli) -> str:
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in sorted(file.reasons.items()))
    assert file.first is not None
    first = f"{file.first.place}: {file.first.reason}: {file.first.detail}"
    line = f"{file.train}: {file.refused:,} records refused ({reasons}); the first, {first}"
    return harmless(line)


def _for_any(index: TliIndex) -> str:
    return "" if len(index.benchmarks) == 1 else "(of any benchmark) "
