"""`codesieve complexity`: the trained scorer."""

from pathlib import Path
from typing import Annotated

import typer

complexity = typer.Typer(
    help="The complexity scorer: how demanding an instruction is.", no_args_is_help=True
)


@complexity.callback()
def _group() -> None:
    """Keep `train` a command of its own, whatever else comes."""


@complexity.command("train")
def train(
    rows: Annotated[
        Path,
        typer.Option(
            help="Evolved instructions (.jsonl, .jsonl.gz) with `instruction`, `round` and `root`."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the weights and their card.")],
    seed: Annotated[int, typer.Option(min=0, help="Of the split by root and the fit.")] = 0,
) -> None:
    """Train the hashed-feature scorer on Evol-Instruct rounds and measure it on held-out roots.

    Name the folder as `complexity.weights` in a recipe to use it. On 2 cores the shipped weights
    take about a minute.
    """
    from codesieve.complexity import train_from_file
    from codesieve.complexity.training import validity_table

    training = train_from_file(rows, out, seed=seed)
    typer.echo(f"weights and card: {out}")
    for line in validity_table(training.validity):
        typer.echo(line)
