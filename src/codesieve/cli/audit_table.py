"""What `codesieve audit` prints: a line a benchmark, the official TLI beside the audit."""

from collections.abc import Sequence

from rich.console import Console

from codesieve.benchmarks import Benchmark
from codesieve.cli.harmless import harmless
from codesieve.cli.tables import print_table
from codesieve.pipeline.audit import TLI_THRESHOLD, AuditResult
from codesieve.report.from_audit import summaries


def print_audit(console: Console, result: AuditResult, benchmarks: Sequence[Benchmark]) -> None:
    """Print rows and items by verdict, beside what the official TLI says of the same rows."""
    rows = [
        [
            harmless(one.name), f"{one.items:,}", f"{one.items_touched:,}",
            f"{one.drop:,}", f"{one.ask:,}", f"{one.textbook_rows:,}",
            f"{100 * one.tli_mean:.2f}", f"{100 * one.tli_max:.1f}", f"{one.tli_dropped:,}",
        ]
        for one in summaries(result, benchmarks)
    ]  # fmt: skip
    numbers = [
        "items", "items met", "rows: drop", "rows: ask", "of them textbook",
        "TLI-mean@1 %", "TLI-max %", f"rows at TLI {100 * TLI_THRESHOLD:g} %",
    ]  # fmt: skip
    count = sum(file.rows for file in result.files)
    title = f"Audit of {count:,} rows (at most {100 * result.rate:g} % of unrelated rows flagged; "
    print_table(console, f"{title}official TLI beside)", ["benchmark"], numbers, rows)
    for file in result.files:
        if file.first is not None:
            first = f"{file.first.place}: {file.first.reason}: {file.first.detail}"
            line = f"{file.train}: {file.refused:,} records refused; the first, {first}"
            console.print(harmless(line), soft_wrap=True)
