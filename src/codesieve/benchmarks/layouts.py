"""The official record layouts of code benchmarks, recognised by their keys."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codesieve.benchmarks.items import BenchmarkItem
from codesieve.errors import RecipeError, SourceError


@dataclass(frozen=True, slots=True)
class Layout:
    """Which fields of a record hold what; fields named in `tests` are joined by newlines."""

    keys: frozenset[str]
    prompt: str
    task_id: str = "task_id"
    solution: str = "canonical_solution"
    tests: tuple[str, ...] = ("test",)


# The first whose keys a record has wins. HumanEval's keys are also those of EvalPlus,
# HumanEval-X and the GitHub form of BigCodeBench.
LAYOUTS: Mapping[str, Layout] = {
    "BigCodeBench": Layout(frozenset({"complete_prompt"}), "complete_prompt"),
    "LiveCodeBench": Layout(
        frozenset({"question_content", "question_id"}),
        prompt="question_content",
        task_id="question_id",
        tests=("public_test_cases",),
    ),
    "MBPP": Layout(
        frozenset({"text", "code", "test_list"}),
        prompt="text",
        solution="code",
        tests=("test_setup_code", "test_list"),
    ),
    "MBPP sanitized": Layout(
        frozenset({"prompt", "code", "test_list"}),
        prompt="prompt",
        solution="code",
        tests=("test_imports", "test_list"),
    ),
    "HumanEval": Layout(frozenset({"prompt", "canonical_solution"}), "prompt"),
}
ID_FIELDS = ("task_id", "question_id", "problem_id", "id")


def choose_layout(record: Mapping[str, Any], prompt_field: str | None, where: str) -> Layout:
    """The layout of a file, from its first record.

    Args:
        record: the first record.
        prompt_field: the field to read as the prompt; None for the layout's own.
        where: named in errors.

    Raises:
        RecipeError: `prompt_field` is not in the record, or is needed and not given.
    """
    known = next((layout for layout in LAYOUTS.values() if layout.keys <= record.keys()), None)
    fields = ", ".join(sorted(record)) or "none"
    if prompt_field is not None and prompt_field not in record:
        raise RecipeError(f"{where}: no field {prompt_field!r} to read prompts from; has: {fields}")
    if known is None and prompt_field is None:
        raise RecipeError(
            f"{where}: not the layout of {', '.join(LAYOUTS)}; "
            f"name the field that holds the prompt with prompt_field; has: {fields}"
        )
    if prompt_field is None:
        assert known is not None
        return known
    if known is not None:
        return Layout(known.keys, prompt_field, known.task_id, known.solution, known.tests)
    task_id = next((name for name in ID_FIELDS if name in record), "")
    return Layout(frozenset(), prompt_field, task_id)


def read_item(record: Mapping[str, Any], layout: Layout, ordinal: int, where: str) -> BenchmarkItem:
    """One item; a file whose layout has no id field gets its ordinals as task ids.

    Raises:
        SourceError: the prompt is not text, or the task id neither text nor a whole number.
    """
    prompt = record.get(layout.prompt)
    if not isinstance(prompt, str):
        raise SourceError(f"{where}: field {layout.prompt!r} of item {ordinal} is not text")
    task_id = record.get(layout.task_id) if layout.task_id else ordinal
    if isinstance(task_id, bool) or not isinstance(task_id, str | int):
        raise SourceError(
            f"{where}: field {layout.task_id!r} of item {ordinal} is neither text nor a number"
        )
    tests = [text for name in layout.tests if (text := _text(record.get(name)))]
    return BenchmarkItem(
        task_id=str(task_id),
        prompt=prompt,
        solution=_text(record.get(layout.solution)),
        tests="\n".join(tests) or None,
        entry_point=_text(record.get("entry_point")),
    )


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    return json.dumps(value)
