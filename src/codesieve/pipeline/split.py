"""Parts the rows of training files into clean and leaked files that are whole or not there."""

import gzip
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from codesieve.errors import RecipeError, RunError
from codesieve.leakage import Evidence
from codesieve.pipeline.atomic import remove, replacing
from codesieve.pool.outcomes import Refusal
from codesieve.pool.texts import TextRow

SUFFIXES = (".jsonl", ".jsonl.gz")


def outputs_of(clean: Path | None, leaked: Path | None) -> list[tuple[str, Path]]:
    """Option and path of every file that may be written."""
    named = [("--clean", clean), ("--leaked", leaked)]
    found = [(option, path) for option, path in named if path is not None]
    beside = [(option, refused_path(path)) for option, path in found[:1]]
    if leaked is not None:
        beside.append(("--leaked", evidence_path(leaked)))
    return found + beside


def evidence_path(leaked: Path) -> Path:
    """``leaked.evidence.jsonl`` for ``leaked.jsonl``: line n says why line n leaks."""
    return _beside(leaked, "evidence", "--leaked")


def refused_path(clean: Path) -> Path:
    """``clean.refused.jsonl`` for ``clean.jsonl``: the records that are in neither file."""
    return _beside(clean, "refused", "--clean")


class Split:
    """Writes clean rows, leaked rows, their evidence and the refused records, as JSON lines.

    Rows stand in input order and are the input's own bytes where that is JSON lines. Evidence
    stands apart, so that leaked rows load like the input: a line a row with `train`, `row`, `place`
    and, by benchmark, `leaks`. The refused go beside the clean file, or the leaked one if it is
    alone; there is no such file where none was refused. Everything is renamed into place at the
    end, and nothing where an exception left the context.
    """

    def __init__(self, clean: Path | None, leaked: Path | None) -> None:
        self._clean, self._leaked = clean, leaked
        self._refused = refused_path(clean or leaked or Path())
        self._stack = ExitStack()
        self._files: dict[Path, IO[bytes] | gzip.GzipFile] = {}
        self._counts = {"clean": 0, "leaked": 0, "refused": 0}

    def __enter__(self) -> Self:
        with ExitStack() as undo:  # a file that cannot be opened takes the others with it
            undo.push(self._stack)
            for path in (self._clean, self._leaked):
                if path is not None:
                    self._open(path)
            if self._leaked is not None:
                self._open(evidence_path(self._leaked))
            undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._stack.__exit__(kind, error, trace)
            if kind is None and not self._counts["refused"]:
                remove(self._refused)
        except OSError as failed:
            raise _unwritable(failed) from failed

    def part(
        self, train: str, rows: Sequence[TextRow], evidence: Mapping[int, Sequence[Evidence]]
    ) -> None:
        """Write rows; those that have evidence, by their place in `rows`, are leaked."""
        for number, row in enumerate(rows):
            found = evidence.get(number)
            self._counts["leaked" if found else "clean"] += 1
            target = self._leaked if found else self._clean
            if target is not None:
                self._write(target, row.raw)
            if found and self._leaked is not None:
                place = {"train": train, "row": row.ordinal, "place": row.place}
                leaks = [_leak(one) for one in found]
                self._write(evidence_path(self._leaked), _line({**place, "leaks": leaks}))

    def refuse(self, train: str, refusal: Refusal) -> None:
        """Write where a refused record stands, and why."""
        self._counts["refused"] += 1
        if self._refused not in self._files:
            self._open(self._refused)
        told = {"train": train, "row": refusal.ordinal, "place": refusal.place}
        told |= {"reason": str(refusal.reason), "detail": refusal.detail}
        self._write(self._refused, _line({**told, "bytes": refusal.byte_count}))

    def check(self, clean: int, leaked: int, refused: int) -> None:
        """Compare what was written with what was counted.

        Raises:
            RunError: they differ; nothing is renamed into place then.
        """
        counted = {"clean": clean, "leaked": leaked, "refused": refused}
        if counted != self._counts:
            raise RunError(f"rows were lost: counted {counted}, written {self._counts}")

    def _open(self, path: Path) -> None:
        try:
            file = self._stack.enter_context(replacing(path)).open("wb")
        except OSError as error:
            raise _unwritable(error) from error
        self._stack.callback(file.close)
        self._files[path] = file
        if path.suffix == ".gz":
            packed = gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)
            self._stack.callback(packed.close)
            self._files[path] = packed

    def _write(self, path: Path, line: bytes) -> None:
        try:
            self._files[path].write(line + b"\n")
        except OSError as error:
            raise _unwritable(error) from error


def _beside(path: Path, word: str, option: str) -> Path:
    suffix = next((suffix for suffix in SUFFIXES if path.name.endswith(suffix)), None)
    if suffix is None:
        raise RecipeError(
            f"{option} {path}: rows are written as JSON lines; "
            f"end the name in {' or '.join(SUFFIXES)}"
        )
    return path.with_name(f"{path.name.removesuffix(suffix)}.{word}.jsonl")


def _leak(one: Evidence) -> dict[str, Any]:
    told = asdict(one)
    del told["row"]
    return told


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _unwritable(error: OSError) -> RunError:
    where = f"{error.filename}: " if error.filename else ""
    return RunError(f"{where}cannot be written: {error.strerror or error}")
