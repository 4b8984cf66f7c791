"""Makes benchmark items of records: chooses the layout, and reads one record by it."""

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from codesieve.benchmarks.items import BenchmarkItem
from codesieve.benchmarks.layouts import LAYOUTS, OWN, Layout, Record, recognise
from codesieve.errors import RecipeError, SourceError

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields that the user names; None leaves it to the layout."""

    prompt: str | None = None
    solution: str | None = None
    tests: str | None = None
    task_id: str | None = None


def choose_layout(record: Record, fields: Fields, where: str) -> Layout:
    """The layout of a file, from its first record.

    Raises:
        RecipeError: a named field is not in the record, or the prompt's is needed and not named.
    """
    layout = recognise(record) or OWN
    prompt = layout.aliases.get(fields.prompt, fields.prompt) if fields.prompt else None
    has = ", ".join(sorted(map(str, record))) or "none"
    if layout is OWN and prompt is None:
        if {"task_id", "inputs"} <= record.keys():
            raise RecipeError(
                f"{where}: holds inputs of HumanEval+ alone; give the file of its tasks as well"
            )
        known = ", ".join(dict.fromkeys(one.name for one in LAYOUTS))
        raise RecipeError(
            f"{where}: not the layout of {known}; "
            f"name the field that holds the prompt with prompt_field; has: {has}"
        )
    named = {"prompt": prompt, "solution": fields.solution}
    named |= {"tests": fields.tests, "id": fields.task_id}
    for key, name in named.items():
        if name is not None and _get(record, name) is _MISSING:
            what = f"to read {key}s from" if key != "id" else "to read task ids from"
            raise RecipeError(f"{where}: no field {name!r} {what} ({key}_field); has: {has}")
    return _changed(layout, record, prompt, fields)


def _changed(layout: Layout, record: Record, prompt: str | None, fields: Fields) -> Layout:
    """The layout with the user's fields in place of its own."""
    if prompt is not None and prompt != layout.prompt:
        bare = layout.bare if layout.bare in record else layout.continues
        layout = replace(layout, prompt=prompt, continues=bare)
    if fields.solution is not None:
        layout = replace(layout, solution=fields.solution, continues=None, ending=None)
    if fields.tests is not None:
        layout = replace(layout, tests=(fields.tests,))
    if fields.task_id is not None:
        layout = replace(layout, task_id=(fields.task_id,))
    named = (prompt, fields.solution, fields.tests, fields.task_id)
    return replace(layout, keys=layout.keys | {name for name in named if name is not None})


def read_item(record: Record, layout: Layout, ordinal: int, where: str) -> BenchmarkItem:
    """One item; a file whose layout has no id field gets its ordinals as task ids.

    Raises:
        SourceError: a field is missing or does not hold what it should; names item and field.
    """
    here = f"item {ordinal}"
    missing = sorted(name for name in layout.keys if _get(record, name) is _MISSING)
    if missing:
        raise SourceError(f"{where}: {here} has no field {missing[0]!r}")
    prompt = _text(record, layout.prompt, here, where)
    if prompt is None:
        raise SourceError(f"{where}: field {layout.prompt!r} of {here} is not text")
    solution = _text(record, layout.solution, here, where) or None
    if solution and layout.ending:
        solution += _text(record, layout.ending, here, where) or ""
    difficulty = _value(record, layout.difficulty)
    return BenchmarkItem(
        task_id=_task_id(record, layout, ordinal, where),
        prompt=prompt,
        solution=solution,
        tests=_tests(record, layout, here, where),
        entry_point=_text(record, layout.entry_point, here, where) or None,
        date=_date(record, layout, here, where),
        difficulty=None if difficulty is None else str(difficulty),
        code_prompt=_text(record, layout.continues, here, where) if solution else None,
    )


def _get(record: Record, name: str) -> Any:
    """The value of a field, `_MISSING` where there is none."""
    if name in record:
        return record[name]
    head, _, rest = name.partition(".")
    inner = record.get(head)
    return _get(inner, rest) if rest and isinstance(inner, Mapping) else _MISSING


def _value(record: Record, name: str | None) -> Any:
    found = _MISSING if name is None else _get(record, name)
    return None if found is _MISSING else found


def _text(record: Record, name: str | None, here: str, where: str) -> str | None:
    value = _value(record, name)
    if value is None or isinstance(value, str):
        return value
    raise SourceError(f"{where}: field {name!r} of {here} is not text")


def _task_id(record: Record, layout: Layout, ordinal: int, where: str) -> str:
    name = next((one for one in layout.task_id if _get(record, one) is not _MISSING), None)
    if name is None and layout.name:
        raise SourceError(f"{where}: item {ordinal} has no field {layout.task_id[0]!r}")
    value = ordinal if name is None else _get(record, name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise SourceError(f"{where}: field {name!r} of item {ordinal} is neither text nor a number")
    return str(value)


def _tests(record: Record, layout: Layout, here: str, where: str) -> str | None:
    if callable(layout.tests):
        try:
            return layout.tests(record)
        except ValueError as error:
            raise SourceError(f"{where}: {here}: {error}") from error
    parts = [_joined(_value(record, name)) for name in layout.tests]
    return "\n".join(part for part in parts if part) or None


def _joined(value: Any) -> str | None:
    """Tests as text: lines of a list, JSON of anything else."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    return json.dumps(value, default=str)


def _date(record: Record, layout: Layout, here: str, where: str) -> datetime.date | None:
    """The day of an item; in a file of no official layout, None where the field holds no date."""
    value = _value(record, layout.date)
    try:
        return _day(value)
    except (ValueError, OverflowError, OSError) as error:
        if not layout.name:
            return None
        text = repr(value)[:60]
        raise SourceError(f"{where}: field {layout.date!r} of {here}: {text} is no date") from error


def _day(value: Any) -> datetime.date | None:
    """The day of an ISO date, of seconds since 1970 (UTC), of a date."""
    if isinstance(value, str) and value:
        return datetime.datetime.fromisoformat(value).date()
    if isinstance(value, int) and not isinstance(value, bool):
        return datetime.datetime.fromtimestamp(value, datetime.UTC).date()
    if isinstance(value, datetime.datetime):
        return value.date()
    if value in (None, ""):
        return None
    if isinstance(value, datetime.date):
        return value
    raise ValueError("no date")
