"""The command line in this process, and a toy run that most tests only look at."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.pipeline.pools import make_recipe
from typer.testing import CliRunner

from codesieve.cli import app


@dataclass(frozen=True)
class Toy:
    """A recipe, its run folder and what the first run printed."""

    recipe: Path
    root: Path
    stdout: str
    stderr: str


def command_line(*words):
    """Run a command as a user at a pipe would; a traceback fails the test."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def write_recipe(folder, **changes):
    """The toy recipe with its runs below `folder`, as a file."""
    make_recipe(folder, runs=str(folder / "runs"), **changes)
    return folder / "recipe.yaml"


@pytest.fixture(scope="session")
def toy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    recipe = write_recipe(folder)
    result = command_line("run", recipe, "--jobs", 1)
    assert result.exit_code == 0
    return Toy(recipe, folder / "runs" / "toy", result.stdout, result.stderr)


@pytest.fixture
def cli():
    return command_line


@pytest.fixture
def recipe_file():
    return write_recipe
