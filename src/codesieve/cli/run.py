"""`codesieve run`: a recipe becomes a selected, explained dataset."""

import os
from pathlib import Path
from typing import Annotated

import typer

from codesieve.errors import RecipeError


def run(
    recipe: Annotated[Path, typer.Argument(help="Recipe file (YAML).")],
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Print the plan (sources, rows, stages, what is stored, disk, time) and stop.",
        ),
    ] = False,
    sample: Annotated[
        str,
        typer.Option(
            help="Run the whole recipe on a seeded share of the records first, such as 1%, in a "
            "folder of its own with the budget in proportion.",
        ),
    ] = "100%",
    jobs: Annotated[
        int,
        typer.Option(min=0, help="Worker processes; 0 takes all cores. Changes no result."),
    ] = 0,
) -> None:
    """Carry a recipe's sources to a selected, explained dataset.

    Stops and resumes anywhere: run the same command again and finished parts stay. A changed
    threshold, weight or budget costs seconds.
    """
    from codesieve.cli.plan import print_plan
    from codesieve.cli.progress import TerminalReporter
    from codesieve.cli.summary import print_summary
    from codesieve.pipeline.load import load_recipe
    from codesieve.pipeline.run import run as run_recipe

    loaded, share = load_recipe(recipe), parse_share(sample)
    if dry_run:
        print_plan(loaded, share, jobs or available_cores())
        return
    reporter = TerminalReporter()
    result = run_recipe(loaded, jobs=jobs or available_cores(), sample=share, reporter=reporter)
    if not result.fresh:
        reporter.note(f"{result.folder.root}: nothing to do, the run is finished")
    print_summary(result.folder, result.manifest)


def parse_share(text: str) -> float:
    """A share such as `1%` or `0.01` as a number in (0, 1].

    Raises:
        RecipeError: it is neither.
    """
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise RecipeError(f"--sample {text}: give a share such as 1% or 0.01")
    return share


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
