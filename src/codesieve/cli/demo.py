"""`codesieve demo`: the whole pipeline on data made on this machine, with planted troubles."""

from pathlib import Path
from typing import Annotated

import typer


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the data, the recipe and the run.")] = Path(
        "runs/demo"
    ),
    jobs: Annotated[int, typer.Option(min=0, help="Worker processes; 0 takes all cores.")] = 0,
) -> None:
    """Run everything on mined functions and planted troubles; show how each trouble was met.

    Needs no network, no GPU and no model: functions and docstrings of the standard library and of
    installed packages become rows, joined with rows that leak HumanEval, repeat each other, answer
    wrongly, attack the jail or are broken.
    """
    from codesieve.cli.met import print_met
    from codesieve.cli.progress import TerminalReporter
    from codesieve.cli.run import available_cores
    from codesieve.cli.summary import print_summary
    from codesieve.demo.run import run_demo

    reporter = TerminalReporter()
    result, met = run_demo(out, jobs=jobs or available_cores(), reporter=reporter)
    print_summary(result.folder, result.manifest)
    print_met(met)
    if not all(one.ok for one in met):
        raise typer.Exit(1)
