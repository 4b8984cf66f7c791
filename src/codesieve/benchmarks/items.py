"""Benchmark and BenchmarkItem, and the digest that names their content."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from codesieve.errors import SourceError


@dataclass(frozen=True, slots=True)
class BenchmarkItem:
    """One task of an exam; `tests` is text in the benchmark's own format, never executed here."""

    task_id: str
    prompt: str
    solution: str | None = None
    tests: str | None = None
    entry_point: str | None = None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A named exam; `digest` is the sha256 (hex) of its (task_id, prompt) pairs in order."""

    name: str
    items: tuple[BenchmarkItem, ...]
    digest: str

    @classmethod
    def from_items(cls, name: str, items: Iterable[BenchmarkItem]) -> Self:
        """Check the items and compute the digest.

        Raises:
            SourceError: there is no item, or two share a task_id.
        """
        items = tuple(items)
        if not items:
            raise SourceError(f"benchmark {name}: no items; the file is empty")
        digest = hashlib.sha256()
        seen: set[str] = set()
        for ordinal, item in enumerate(items):
            if item.task_id in seen:
                raise SourceError(
                    f"benchmark {name}: item {ordinal} repeats the task id {item.task_id!r}; "
                    "task ids must be unique"
                )
            seen.add(item.task_id)
            digest.update(json.dumps([item.task_id, item.prompt]).encode("ascii") + b"\n")
        return cls(name, items, digest.hexdigest())
