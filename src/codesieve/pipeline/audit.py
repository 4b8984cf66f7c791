"""The audit of training files: sample, scan in processes, flags in input order."""

import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from codesieve.benchmarks import Benchmark
from codesieve.errors import SourceError
from codesieve.leakage import TliIndex
from codesieve.leakage.audit import Auditor, Flag, Pair, Row, mark_textbook
from codesieve.leakage.audit.auditor import SAMPLE_ROWS
from codesieve.leakage.tally import TliFacts, TliTally
from codesieve.pool.conversations import Conversation, read_conversations
from codesieve.pool.outcomes import Refusal

BATCH_ROWS = 1_000
TLI_THRESHOLD = 0.05  # the official one

Stage = Callable[[str], AbstractContextManager[Callable[[int], None]]]


@dataclass(slots=True)
class AuditedFile:
    """What one training file gave.

    Attributes:
        train: the path as the user gave it.
        rows: records with a text.
        refused: records without, and damaged ranges.
        first: the first of them.
    """

    train: str
    rows: int = 0
    refused: int = 0
    first: Refusal | None = None


@dataclass(frozen=True, slots=True)
class AuditResult:
    """The audit of all files: `tli` is the official TLI of all rows together, per benchmark."""

    files: tuple[AuditedFile, ...]
    flags: tuple[Flag, ...]
    tli: tuple[TliFacts, ...]
    threshold: float
    rate: float


@dataclass(slots=True)
class _Scan:
    """Rows that wait for their pairs, in input order."""

    auditor: Auditor
    pool: ProcessPoolExecutor | None
    waiting: deque[tuple[str, list[int], Future[list[Pair]] | list[Pair]]]
    limit: int
    flags: list[Flag] = field(default_factory=list)

    def add(self, train: str, batch: Sequence[Conversation]) -> None:
        rows = [Row(one.instruction, one.response) for one in batch]
        pairs = self.auditor.scan(rows) if self.pool is None else self.pool.submit(_scan, rows)
        self.waiting.append((train, [one.ordinal for one in batch], pairs))
        while len(self.waiting) > self.limit:
            self._take()

    def finish(self) -> None:
        while self.waiting:
            self._take()

    def _take(self) -> None:
        train, ordinals, pairs = self.waiting.popleft()
        for pair in pairs.result() if isinstance(pairs, Future) else pairs:
            row = ordinals[pair.row]
            flag = self.auditor.flag(replace(pair, row=row), f"{train}:{row}", train)
            self.flags.append(flag)


def audit_files(
    names: Sequence[str],
    base: Path,
    benchmarks: Sequence[Benchmark],
    *,
    rate: float,
    stage: Stage,
    fields: Sequence[str] = (),
    jobs: int = 1,
    seed: int = 0,
) -> AuditResult:
    """Audit files against benchmarks; the files are read twice, memory is bounded but for flags.

    Args:
        names: the files, as the user wrote them.
        base: folder that relative paths start from.
        benchmarks: what may have leaked.
        rate: share of unrelated rows that may be flagged, for each benchmark.
        stage: gives a context with a progress function for a step's name.
        fields: fields that make a row's text; none for all that are known.
        jobs: worker processes; the result does not depend on it.
        seed: of the sample that says what is ordinary.

    Raises:
        SourceError: a file is missing or has no usable record.
    """
    paths = [base / name for name in names]
    for name, path in zip(names, paths, strict=True):
        if not path.is_file():
            raise SourceError(f"{name}: no such file (--train)")
    with stage("sample") as progress:
        sample = _draw(paths, fields, seed, progress)
    if not sample:
        raise SourceError(f"{names[0]}: no usable record; name the text's fields with --fields")
    with stage("index"):
        auditor = Auditor(benchmarks, sample, rate=rate)
    tally = TliTally(TliIndex(benchmarks), 1, TLI_THRESHOLD)
    files = tuple(AuditedFile(name) for name in names)
    with ExitStack() as stack:
        pool = None
        if jobs > 1:
            pool = stack.enter_context(
                ProcessPoolExecutor(jobs, initializer=_open, initargs=(auditor,))
            )
        scan = _Scan(auditor, pool, deque(), 2 * jobs)
        for file, path in zip(files, paths, strict=True):
            with stage(path.name) as progress:
                for batch in _batches(file, read_conversations(path, fields)):
                    scan.add(file.train, batch)
                    tally.add([one.instruction for one in batch])
                    progress(len(batch))
                scan.finish()
    rows = sum(file.rows for file in files)
    flags = tuple(mark_textbook(scan.flags, rows))
    return AuditResult(files, flags, tally.facts(), auditor.threshold, rate)


def find_rows(
    names: Sequence[str], base: Path, flags: Sequence[Flag], fields: Sequence[str] = ()
) -> dict[tuple[str, int], Conversation]:
    """The texts of flagged rows, by source and row; the files are read once more."""
    wanted = {(flag.source, flag.row) for flag in flags}
    found = {}
    for name in dict.fromkeys(names):
        last = max((row for source, row in wanted if source == name), default=-1)
        for one in read_conversations(base / name, fields):
            if one.ordinal > last:
                break
            if isinstance(one, Conversation) and (name, one.ordinal) in wanted:
                found[name, one.ordinal] = one
    return found


def _draw(
    paths: Sequence[Path], fields: Sequence[str], seed: int, progress: Callable[[int], None]
) -> list[Row]:
    """A reservoir sample of the rows of all files, in input order."""
    rng = random.Random(seed)
    kept: list[tuple[int, Row]] = []
    seen = 0
    for path in paths:
        for one in read_conversations(path, fields):
            if isinstance(one, Refusal):
                continue
            place = seen if seen < SAMPLE_ROWS else rng.randrange(seen + 1)
            if place < SAMPLE_ROWS:
                entry = (seen, Row(one.instruction, one.response))
                if place < len(kept):
                    kept[place] = entry
                else:
                    kept.append(entry)
            seen += 1
            if seen % BATCH_ROWS == 0:
                progress(BATCH_ROWS)
    return [row for _, row in sorted(kept, key=lambda entry: entry[0])]


def _batches(
    file: AuditedFile, outcomes: Iterator[Conversation | Refusal]
) -> Iterator[list[Conversation]]:
    while chunk := list(islice(outcomes, BATCH_ROWS)):
        batch = []
        for one in chunk:
            if isinstance(one, Refusal):
                file.refused += 1
                file.first = file.first or one
            else:
                batch.append(one)
        file.rows += len(batch)
        yield batch


_OPEN: list[Auditor] = []  # of a worker process, set once by its initializer


def _open(auditor: Auditor) -> None:
    _OPEN[:] = [auditor]


def _scan(rows: list[Row]) -> list[Pair]:
    return _OPEN[0].scan(rows)
