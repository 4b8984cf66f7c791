"""The command line: one short file a verb; parses, calls, prints."""

import sys

import typer

from codesieve import __version__
from codesieve.cli.complexity import complexity
from codesieve.cli.demo import demo
from codesieve.cli.doctor import doctor
from codesieve.cli.explain import explain
from codesieve.cli.run import run
from codesieve.errors import CodesieveError

app = typer.Typer(
    name="codesieve",
    help="Turn a heap of code-instruction data into the small set worth training on, "
    "with a reason on record for each row.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"codesieve {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Turn a heap of code-instruction data into the small set worth training on."""


app.command("run")(run)
app.command("explain")(explain)
app.command("doctor")(doctor)
app.command("demo")(demo)
app.add_typer(complexity, name="complexity")


def main() -> None:
    """Entry point: errors that are the user's to mend are one line, not a traceback."""
    try:
        app()
    except CodesieveError as error:
        typer.echo(f"codesieve: {error}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo(
            "codesieve: interrupted; finished parts are kept, run the same command to go on",
            err=True,
        )
        sys.exit(130)
