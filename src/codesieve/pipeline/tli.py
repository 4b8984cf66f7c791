"""Official TLI of training files on benchmarks, streamed: measure, and part the leaked rows off."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from codesieve.errors import RecipeError, SourceError
from codesieve.leakage import Evidence, TliIndex
from codesieve.leakage.tally import TliFacts, TliTally
from codesieve.pipeline.split import Split
from codesieve.pool.outcomes import Refusal
from codesieve.pool.texts import TextRow, UserText, find_text, read_texts

BATCH_ROWS = 16_384
BATCH_BYTES = 32 << 20

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class TrainFile:
    """A training file: the path as the user wrote it, where that is, and which fields are read."""

    train: str
    path: Path
    text: UserText


@dataclass(slots=True)
class FileTli:
    """What one training file gave.

    records = rows + refused, where a range of a damaged file that cannot be split into records
    counts as one. `reasons` counts the refused by reason; `first` is the first of them.
    """

    train: str
    text: str
    facts: tuple[TliFacts, ...] = ()
    rows: int = 0
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    first: Refusal | None = None


@dataclass(frozen=True, slots=True)
class TliResult:
    """TLI of each file and of all together, and how the rows were parted.

    records = clean + leaked + refused; leaked rows are at or above the threshold for any benchmark.
    """

    files: tuple[FileTli, ...]
    together: tuple[TliFacts, ...]
    clean: int
    leaked: int
    refused: int

    @property
    def records(self) -> int:
        """How many records were read."""
        return sum(one.rows + one.refused for one in self.files)


def open_train(names: Sequence[str], base: Path, fields: Sequence[str] = ()) -> list[TrainFile]:
    """Find the files and what their text is, before anything is measured.

    Raises:
        SourceError: a file is missing, empty or of no clear shape, or is named twice.
        RecipeError: a named field is in none of the first records.
    """
    files: list[TrainFile] = []
    for name in names:
        path = base / name
        if not path.is_file():
            what = "is a folder; name its files" if path.is_dir() else "no such file"
            raise SourceError(f"{name}: {what} (--train)")
        if any(path.samefile(other.path) for other in files):
            raise SourceError(f"{name}: is named twice (--train)")
        files.append(TrainFile(name, path, find_text(path, fields)))
    return files


def measure_tli(
    files: Sequence[TrainFile],
    index: TliIndex,
    *,
    top: int,
    threshold: float,
    threads: int = 1,
    clean: Path | None = None,
    leaked: Path | None = None,
    stage: Callable[[str], Any],
) -> TliResult:
    """Scan the files in order and, where asked, part their rows; one pass, memory bounded.

    Args:
        files: from `open_train`.
        index: of the benchmarks.
        top: k of TLI-mean@k.
        threshold: a row at or above it for any of the benchmarks is leaked.
        threads: of the scan; they change no result.
        clean: gets the other rows, in order.
        leaked: gets the leaked rows; see `Split` for its evidence.
        stage: gives a context with a progress function for a file's name.

    Raises:
        RunError: an output cannot be written.
        SourceError: a file cannot be read.
    """
    together = TliTally(index, top, threshold, threads)
    found: list[FileTli] = []
    with ExitStack() as stack:
        split = stack.enter_context(Split(clean, leaked)) if clean or leaked else None
        for file in files:
            with stage(file.path.name) as progress:
                tally = TliTally(index, top, threshold, threads)
                found.append(_measure_file(file, tally, split, progress))
            together.include(tally)
        result = TliResult(
            files=tuple(found),
            together=together.facts(),
            clean=together.rows - together.leaked,
            leaked=together.leaked,
            refused=sum(one.refused for one in found),
        )
        if split is not None:
            split.check(result.clean, result.leaked, result.refused)
    return result


def check_outputs(outputs: Sequence[tuple[str, Path]], inputs: Sequence[Path]) -> None:
    """Refuse outputs that would overwrite an input, each other or a folder.

    Args:
        outputs: option and path of each.
        inputs: files that are read.

    Raises:
        RecipeError: one would.
    """
    taken = {path.resolve(): "an input" for path in inputs}
    for option, path in outputs:
        resolved = path.resolve()
        if resolved in taken:
            raise RecipeError(f"{option} {path}: is {taken[resolved]}; name another file")
        if path.is_dir():
            raise RecipeError(f"{option} {path}: is a folder; name a file")
        taken[resolved] = f"also {option}"


def _measure_file(
    file: TrainFile, tally: TliTally, split: Split | None, progress: Progress
) -> FileTli:
    told = FileTli(file.train, str(file.text))
    outcomes = read_texts(file.path, file.text, raw=split is not None)
    for batch in _batches(outcomes):
        rows: list[TextRow] = []
        for one in batch:
            if isinstance(one, TextRow):
                rows.append(one)
                continue
            told.refused += 1
            told.reasons[str(one.reason)] += 1
            told.first = told.first or one
            if split is not None:
                split.refuse(file.train, one)
        scan = tally.add([row.text for row in rows], evidence=split is not None)
        if split is not None:
            split.part(file.train, rows, _by_row(scan.evidence))
        progress(len(batch))
    told.rows, told.facts = tally.rows, tally.facts()
    return told


def _batches(outcomes: Iterator[TextRow | Refusal]) -> Iterator[list[TextRow | Refusal]]:
    """Outcomes in lists of at most BATCH_ROWS and about BATCH_BYTES."""
    batch: list[TextRow | Refusal] = []
    size = 0
    for one in outcomes:
        batch.append(one)
        size += len(one.raw) + (len(one.text) if isinstance(one, TextRow) else 0)
        if len(batch) == BATCH_ROWS or size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _by_row(evidence: Sequence[Evidence]) -> dict[int, list[Evidence]]:
    found: dict[int, list[Evidence]] = {}
    for one in evidence:
        found.setdefault(one.row, []).append(one)
    return found


def facts_as_json(
    result: TliResult, index: TliIndex, top: int, threshold: float
) -> list[dict[str, Any]]:
    """One object for each file and benchmark, files first; TLI as 0..1."""
    settings = {"ngrams": list(index.ngrams), "padded": index.pad, "top": top}
    told = []
    for file in result.files:
        for facts in file.facts:
            own = asdict(facts)
            head = {"train": file.train, **{k: own[k] for k in ("benchmark", "rows", "items")}}
            means = {key: own[key] for key in ("tli_mean", "tli_max")}
            tail = {key: own[key] for key in ("dropped", "tli_mean_after")}
            told.append({**head, **settings, **means, "threshold": threshold, **tail})
    return told
