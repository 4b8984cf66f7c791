"""Benchmark and BenchmarkItem, and the digests that name their content."""

import datetime
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from codesieve.errors import SourceError


@dataclass(frozen=True, slots=True)
class BenchmarkItem:
    """One task of an exam; all text stands as in the file, and none of it is executed here.

    Attributes:
        task_id: unique in the benchmark.
        prompt: what a model is shown.
        solution: the canonical solution: a program, or the rest of the code it continues.
        tests: in the benchmark's own format.
        entry_point: name of the function or class that the tests call.
        date: day the task was published, where the benchmark says so.
        difficulty: in the benchmark's own words.
        code_prompt: the code that `solution` continues, where the layout says so.
    """

    task_id: str
    prompt: str
    solution: str | None = None
    tests: str | None = None
    entry_point: str | None = None
    date: datetime.date | None = None
    difficulty: str | None = None
    code_prompt: str | None = None

    @property
    def program(self) -> str | None:
        """The canonical solution as a full program.

        The code it continues stands before it; where no layout says what that is, a solution whose
        first line is indented continues the prompt.
        """
        if self.solution is None:
            return None
        if self.code_prompt is not None:
            return self.code_prompt + self.solution
        indented = self.solution.lstrip("\r\n")[:1] in (" ", "\t")
        return self.prompt + self.solution if indented else self.solution


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A named exam.

    Attributes:
        name: for tables and messages.
        items: in the order of the file.
        digest: sha256 (hex) of the (task_id, prompt) pairs in order: all that TLI reads.
        content_digest: sha256 (hex) of solutions, tests and the other texts as well: what an
            audit reads. It is apart from `digest` so that numbers which depend on prompts alone
            stay valid when a file gains tests or solutions.
    """

    name: str
    items: tuple[BenchmarkItem, ...]
    digest: str
    content_digest: str

    @classmethod
    def from_items(cls, name: str, items: Iterable[BenchmarkItem]) -> Self:
        """Check the items and compute the digests.

        Raises:
            SourceError: there is no item, or two share a task_id.
        """
        items = tuple(items)
        if not items:
            raise SourceError(f"benchmark {name}: no items; the file is empty")
        digest, content = hashlib.sha256(), hashlib.sha256()
        seen: set[str] = set()
        for ordinal, item in enumerate(items):
            if item.task_id in seen:
                raise SourceError(
                    f"benchmark {name}: item {ordinal} repeats the task id {item.task_id!r}; "
                    "task ids must be unique"
                )
            seen.add(item.task_id)
            digest.update(_line((item.task_id, item.prompt)))
            content.update(
                _line(
                    (item.task_id, item.prompt, item.solution, item.tests, item.entry_point,
                     item.code_prompt)
                )
            )  # fmt: skip
        return cls(name, items, digest.hexdigest(), content.hexdigest())


def _line(values: Sequence[str | None]) -> bytes:
    return json.dumps(values).encode("ascii") + b"\n"
