"""What `codesieve run --dry-run` prints: sources, stages, what is stored, disk and time."""

from rich.table import Table

from codesieve.cli.tables import make_console, make_table
from codesieve.pipeline.estimate import Estimate, estimate
from codesieve.pipeline.plan import make_plan, sampled
from codesieve.pipeline.recipe import LoadedRecipe


def print_plan(loaded: LoadedRecipe, sample: float, jobs: int) -> None:
    """Print what a run would read, compute and leave on disk; computes nothing."""
    plan = make_plan(sampled(loaded, sample) if sample < 1.0 else loaded, sample, remember=False)
    console = make_console()
    if plan.finished() is not None:
        console.print(f"{plan.folder.root}: finished; a run would do nothing", highlight=False)
    told = estimate(plan, jobs)
    console.print(_sources_table(told))
    console.print(_stages_table(told))
    console.print(
        f"folder: {plan.folder.root}; about {told.megabytes:,.0f} MB and "
        f"{_duration(told.seconds)} on {jobs} processes ({told.basis})",
        highlight=False, soft_wrap=True,
    )  # fmt: skip


def _sources_table(told: Estimate) -> Table:
    table = make_table("Sources", ["source", "file", "shape"], ["MB", "records"])
    for one in told.files:
        mark = "" if one.exact else "~"
        table.add_row(
            one.source, one.file, one.shape, f"{one.size / 1e6:.1f}", f"{mark}{one.records:,}"
        )
    return table


def _stages_table(told: Estimate) -> Table:
    table = make_table("Stages", ["stage"], ["rows", "stored", "to compute", "expected"])
    for one in told.stages:
        table.add_row(
            one.name, f"~{one.rows:,}", f"{one.stored:,}", f"{one.rows - one.stored:,}",
            _duration(one.seconds),
        )  # fmt: skip
    return table


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
