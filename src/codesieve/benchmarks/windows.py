"""Which items of a dated benchmark count: LiveCodeBench's releases and windows of days."""

import datetime
from collections.abc import Sequence
from pathlib import Path

from codesieve.benchmarks.items import BenchmarkItem
from codesieve.errors import RecipeError, SourceError

# Release -> last day of its problems. v1 to v4: the day at which the official number of problems
# (400, 511, 612, 713) is met best among the 714 real ones up to 2024-09: 401, 512, 611, 714.
# v5 (880) and v6 (1055): the end of the month that their makers name.
RELEASES = {
    "v1": datetime.date(2024, 3, 2),
    "v2": datetime.date(2024, 5, 31),
    "v3": datetime.date(2024, 8, 3),
    "v4": datetime.date(2024, 9, 30),
    "v5": datetime.date(2025, 1, 31),
    "v6": datetime.date(2025, 4, 30),
}
RELEASED = "LiveCodeBench"  # the benchmark that has releases
DATA_FILES = ("test.jsonl", *(f"test{number}.jsonl" for number in range(2, len(RELEASES) + 1)))
Day = datetime.date | str


def parse_release(release: str) -> str:
    """``v5`` of ``v5``, ``release_v5`` or ``5``.

    Raises:
        RecipeError: there is no such release.
    """
    known = "v" + release.lower().removeprefix("release_").removeprefix("v")
    if known not in RELEASES:
        raise RecipeError(f"release {release!r}: there are {', '.join(RELEASES)}")
    return known


def parse_day(key: str, day: Day | None) -> datetime.date | None:
    """A day, also as ``YYYY-MM-DD``.

    Raises:
        RecipeError: it is not one; names `key`.
    """
    if day is None or isinstance(day, datetime.date):
        return day.date() if isinstance(day, datetime.datetime) else day
    try:
        return datetime.date.fromisoformat(day)
    except ValueError as error:
        raise RecipeError(f"{key} {day!r}: not a day like 2024-08-31") from error


def files_of_release(paths: Sequence[Path], release: str | None) -> tuple[Sequence[Path], bool]:
    """The files that make up a release, and whether their names say so.

    The hub holds what each release added as one file: test.jsonl, test2.jsonl and so on. Where all
    files have such names the release is a set of files, otherwise the days decide.

    Raises:
        RecipeError: one of several such files is missing.
    """
    named = all(path.name in DATA_FILES for path in paths)
    if release is None or not named or (len(paths) == 1 and release != "v1"):
        return paths, False
    wanted = DATA_FILES[: list(RELEASES).index(release) + 1]
    missing = sorted(set(wanted) - {path.name for path in paths})
    if missing:
        raise RecipeError(
            f"release {release} is made of {', '.join(wanted)}; not given: {', '.join(missing)}"
        )
    return [path for path in paths if path.name in wanted], True


def within(
    items: Sequence[BenchmarkItem],
    start: datetime.date | None,
    end: datetime.date | None,
    where: str,
) -> Sequence[BenchmarkItem]:
    """Items dated in a window, both days included; None leaves an end open.

    Raises:
        RecipeError: the benchmark has no dates, or no item is in the window.
        SourceError: some items have a date and one has none.
    """
    if start is None and end is None:
        return items
    if not any(item.date for item in items):
        raise RecipeError(
            f"{where}: its items have no dates, so release, start_date and end_date say nothing"
        )
    kept = []
    for ordinal, item in enumerate(items):
        if item.date is None:
            raise SourceError(f"{where}: item {ordinal} ({item.task_id}) has no date")
        if (start is None or start <= item.date) and (end is None or item.date <= end):
            kept.append(item)
    if not kept:
        dates = sorted(item.date for item in items if item.date)
        raise RecipeError(
            f"{where}: no item from {start or 'the first'} to {end or 'the last'}; "
            f"its items are from {dates[0]} to {dates[-1]}"
        )
    return kept
