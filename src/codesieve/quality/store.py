"""Executions kept by content, so that they outlive the run: one SQLite file, many writers."""

import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from codesieve.errors import CodesieveError
from codesieve.sandbox import CallResult, Job, Limits, Outcome, Status, decode, encode

VERSION = 1  # of what a stored outcome means; raised by hand when the sandbox's meaning changes
BUSY_S = 60.0
_MAX_VALUE = 64 << 20
_BATCH = 500

# Not a property of the code: tried again next time. All else is kept, timeouts too, so that a
# resumed run says the same.
NOT_KEPT = frozenset({Status.HARNESS_ERROR, Status.NOT_EXECUTED, Status.IMPORT_MISSING})

_TABLE = """
CREATE TABLE IF NOT EXISTS executions (key BLOB PRIMARY KEY, outcome TEXT NOT NULL) WITHOUT ROWID
"""


class ExecutionStore:
    """Outcomes by `execution_key`. Who writes first wins, and everybody reads that.

    `limits` must be those of the sandbox: they are part of the key, as are the Python version and
    `VERSION`. Safe with several processes, and against a kill at any moment (write-ahead log).

    Raises:
        CodesieveError: the file cannot be opened, or is not such a store.
    """

    def __init__(self, path: Path, limits: Limits | None = None) -> None:
        self.path = path
        self._limits = limits or Limits()
        with self._named_errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute(_TABLE)

    def __enter__(self) -> "ExecutionStore":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def key(self, job: Job) -> bytes:
        """16 bytes that name what would be executed: code, setup, entry point, calls, limits."""
        return execution_key(job, self._limits)

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Outcome]:
        """Stored outcomes of those of `keys` that have one; their `job_id` is empty."""
        found: dict[bytes, Outcome] = {}
        with self._named_errors():
            for start in range(0, len(keys), _BATCH):
                part = keys[start : start + _BATCH]
                marks = ",".join("?" * len(part))
                rows = self._connection.execute(
                    f"SELECT key, outcome FROM executions WHERE key IN ({marks})", part
                )
                found.update((bytes(key), _read(text)) for key, text in rows)
        return found

    def put(self, outcomes: Mapping[bytes, Outcome]) -> None:
        """Keep the outcomes that say something about the code, in one transaction."""
        rows = [(k, _write(o)) for k, o in outcomes.items() if o.status not in NOT_KEPT]
        if not rows:
            return
        with self._named_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany("INSERT OR IGNORE INTO executions VALUES (?, ?)", rows)
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, KeyError, TypeError) as error:
            raise CodesieveError(
                f"{self.path}: cannot be used as a store of executions ({error}); "
                "delete it to run them again, or name another file"
            ) from error


def execution_key(job: Job, limits: Limits) -> bytes:
    """128-bit hash of everything that decides a job's outcome, the same in every process."""
    calls = [_canonical(encode((tuple(c.args), dict(c.kwargs)), _MAX_VALUE)) for c in job.calls]
    python = [sys.implementation.name, *sys.version_info[:2]]
    parts = [VERSION, python, asdict(limits), job.code, job.setup, job.entry_point, calls]
    payload = json.dumps(parts, sort_keys=True).encode("ascii")
    return hashlib.blake2b(payload, digest_size=16).digest()


def _canonical(encoded: bytes) -> Any:
    """The JSON of a value with the members of sets in order: hash seeds must not show."""
    return _sorted_sets(json.loads(encoded))


def _sorted_sets(tree: Any) -> Any:
    if isinstance(tree, list):
        return [_sorted_sets(item) for item in tree]
    if isinstance(tree, dict):
        items = {tag: _sorted_sets(body) for tag, body in tree.items()}
        for tag in ("set", "frozenset"):
            if tag in items:
                items[tag] = sorted(items[tag], key=json.dumps)
        return items
    return tree


def _write(outcome: Outcome) -> str:
    results = [
        [result.kind, encode(result.value, _MAX_VALUE).decode("ascii"), result.error]
        for result in outcome.results
    ]
    record = {
        "status": outcome.status.value,
        "results": results,
        "detail": outcome.detail,
        "isolation": outcome.isolation,
        "wall_s": outcome.wall_s,
        "cpu_s": outcome.cpu_s,
    }
    return json.dumps(record)


def _read(text: str) -> Outcome:
    record = json.loads(text)
    return Outcome(
        job_id="",
        status=Status(record["status"]),
        results=tuple(
            CallResult(kind, decode(value.encode("ascii"), _MAX_VALUE), error)
            for kind, value, error in record["results"]
        ),
        detail=record["detail"],
        isolation=record["isolation"],
        wall_s=record["wall_s"],
        cpu_s=record["cpu_s"],
    )
