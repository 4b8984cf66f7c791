"""The command line: one short file a verb; parses, calls, prints."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from codesieve import __version__
from codesieve.cli.audit import audit
from codesieve.cli.complexity import complexity
from codesieve.cli.demo import demo
from codesieve.cli.doctor import doctor
from codesieve.cli.explain import explain
from codesieve.cli.harmless import harmless
from codesieve.cli.many import ManyValues
from codesieve.cli.run import run
from codesieve.cli.tli import tli
from codesieve.errors import CodesieveError


class _OneLineErrors(TyperGroup):
    """Errors that are the user's to mend are one line, not a traceback; so is Ctrl-C."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except CodesieveError as error:
            typer.echo(f"codesieve: {harmless(str(error))}", err=True)
            raise typer.Exit(2) from error
        except KeyboardInterrupt as error:
            typer.echo(
                "codesieve: interrupted; finished parts are kept, run the same command to go on",
                err=True,
            )
            raise typer.Exit(130) from error


app = typer.Typer(
    name="codesieve",
    cls=_OneLineErrors,
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
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    """Turn a heap of code-instruction data into the small set worth training on."""


app.command("run")(run)
app.command("explain")(explain)
app.command("tli", cls=ManyValues)(tli)
app.command("audit", cls=ManyValues)(audit)
app.command("doctor")(doctor)
app.command("demo")(demo)
app.add_typer(complexity, name="complexity")


def main() -> None:
    """Entry point."""
    app()
