"""The audit's result as a report: summaries, sources, and exhibits with their texts."""

from collections import Counter
from collections.abc import Mapping, Sequence

from codesieve.benchmarks import Benchmark
from codesieve.leakage.audit import Flag, Verdict
from codesieve.leakage.audit.judge import PairText
from codesieve.pipeline.audit import AuditResult
from codesieve.pool.conversations import Conversation
from codesieve.report.audit import AuditReport, BenchmarkSummary, Exhibit

MAX_EXHIBITS = 500

Texts = Mapping[tuple[str, int], Conversation]  # by source and row


def shown_flags(flags: Sequence[Flag], limit: int = MAX_EXHIBITS) -> list[Flag]:
    """The flagged pairs a report shows: highest scores first, benchmarks in turn."""
    by_benchmark: dict[str, list[Flag]] = {}
    for flag in sorted(flags, key=lambda one: (-one.score, one.source, one.row)):
        if flag.flagged:
            by_benchmark.setdefault(flag.benchmark, []).append(flag)
    turns = sorted(
        (place, name) for name, found in by_benchmark.items() for place in range(len(found))
    )
    return [by_benchmark[name][place] for place, name in turns[:limit]]


def pair_text(flag: Flag, texts: Texts, benchmarks: Sequence[Benchmark]) -> PairText:
    """Both texts of a flag's pair."""
    row = texts[flag.source, flag.row]
    items = {one.name: {item.task_id: item for item in one.items} for one in benchmarks}
    item = items[flag.benchmark][flag.task_id]
    return PairText(row.instruction, row.response, item.prompt, item.solution or "")


def exhibits_of(
    flags: Sequence[Flag], texts: Texts, benchmarks: Sequence[Benchmark]
) -> tuple[Exhibit, ...]:
    """Flags with their texts; a row that could not be read again is left out."""
    items = {(one.name, item.task_id): item for one in benchmarks for item in one.items}
    found = []
    for flag in flags:
        row, item = texts.get((flag.source, flag.row)), items[flag.benchmark, flag.task_id]
        if row is not None:
            found.append(Exhibit(flag, row.instruction, row.response, item.prompt, item.solution))
    return tuple(found)


def summaries(result: AuditResult, benchmarks: Sequence[Benchmark]) -> list[BenchmarkSummary]:
    """A summary of each benchmark, rows counted once by their worst verdict."""
    rows = sum(file.rows for file in result.files)
    found = []
    for benchmark, tli in zip(benchmarks, result.tli, strict=True):
        flags = [one for one in result.flags if one.benchmark == benchmark.name and one.flagged]
        drop = {(one.source, one.row) for one in flags if one.verdict is Verdict.DROP}
        ask = {(one.source, one.row) for one in flags} - drop
        found.append(
            BenchmarkSummary(
                name=benchmark.name,
                items=len(benchmark.items),
                items_touched=len({one.task_id for one in flags}),
                rows=rows,
                drop=len(drop),
                ask=len(ask),
                keep=rows - len(drop) - len(ask),
                textbook_rows=len({(one.source, one.row) for one in flags if one.textbook}),
                tli_mean=tli.tli_mean,
                tli_max=tli.tli_max,
                tli_dropped=tli.dropped,
                false_positive_rate=result.rate,
            )
        )
    return found


def build_report(
    result: AuditResult, benchmarks: Sequence[Benchmark], exhibits: Sequence[Exhibit]
) -> AuditReport:
    """Everything the HTML file shows."""
    flagged = {(one.source, one.benchmark, one.row) for one in result.flags if one.flagged}
    counts = Counter((source, benchmark) for source, benchmark, _ in flagged)
    pairs = sum(one.flagged for one in result.flags)
    return AuditReport(
        title="Leakage audit",
        train=tuple(file.train for file in result.files),
        benchmarks=tuple(summaries(result, benchmarks)),
        sources=tuple((*key, count) for key, count in sorted(counts.items())),
        exhibits=tuple(exhibits),
        left_out=pairs - len(exhibits),
    )
