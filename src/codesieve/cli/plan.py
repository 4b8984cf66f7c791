"""What `codesieve run --dry-run` prints: sources, stages, what is stored, disk and time."""

from rich.console import Console

from codesieve.cli.tables import make_console, print_table
from codesieve.pipeline.estimate import Estimate, estimate
from codesieve.pipeline.plan import make_plan, sampled
from codesieve.pipeline.recipe import LoadedRecipe


def print_plan(loaded: LoadedRecipe, sample: float, jobs: int) -> None:
    """Print what a run would read, compute and leave on disk; computes nothing."""
    plan = make_plan(sampled(loaded, sample) if sample < 1.0 else loaded, sample, remember=False)
    console = make_console()
    if plan.finished() is not None:
        console.print(f"{plan.folder.root}: finished; a run would do nothing", soft_wrap=True)
    told = estimate(plan, jobs)
    _print_sources(console, told)
    _print_stages(console, told)
    console.print(
        f"folder: {plan.folder.root}; about {told.megabytes:,.0f} MB and "
        f"{_duration(told.seconds)} on {jobs} processes ({told.basis})",
        soft_wrap=True,
    )


def _print_sources(console: Console, told: Estimate) -> None:
    rows = [
        [
            one.source, one.file, one.shape, f"{one.size / 1e6:.1f}",
            f"{'' if one.exact else '~'}{one.records:,}",
        ]
        for one in told.files
    ]  # fmt: skip
    print_table(console, "Sources", ["source", "file", "shape"], ["MB", "records"], rows)


def _print_stages(console: Console, told: Estimate) -> None:
    mark = "" if all(one.exact for one in told.files) else "~"
    rows = [
        [
            one.name, f"{mark}{one.rows:,}", f"{one.stored:,}",
            f"{mark}{one.rows - one.stored:,}", _duration(one.seconds),
        ]
        for one in told.stages
    ]  # fmt: skip
    numbers = ["rows", "stored", "to compute", "expected"]
    print_table(console, "Stages", ["stage"], numbers, rows)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
