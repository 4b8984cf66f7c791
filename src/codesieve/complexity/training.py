"""Trains the hashed scorer on round-labelled instructions and measures it on held-out roots."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from codesieve.complexity.baselines import LengthScorer, RandomScorer
from codesieve.complexity.features import densities
from codesieve.complexity.hashed import HashedScorer, design
from codesieve.complexity.rounds import RoundRow, read_rounds
from codesieve.complexity.scores import ComplexityScorer
from codesieve.complexity.validity import Validity, validate
from codesieve.errors import SourceError

DIMS = 2**16
RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Training:
    """A trained scorer and what it does on roots it has not seen.

    Attributes:
        scorer: trained on the other roots alone.
        validity: scorer name -> measures on the held-out rows, baselines included.
        train_rows: rows it was trained on.
        held_out_rows: rows it was measured on.
        seed: of the split and the bootstrap.
    """

    scorer: HashedScorer
    validity: Mapping[str, Validity]
    train_rows: int
    held_out_rows: int
    seed: int


def train(rows: Iterable[RoundRow], *, seed: int = 0, held_out: float = 0.2) -> Training:
    """Ridge regression of the round on hashed words and densities (METHOD 3's label).

    The order of the rows does not matter; roots are split by a hash of seed and root.

    Args:
        rows: (text, round, root) each.
        seed: of the split.
        held_out: share of the roots to measure on.

    Raises:
        SourceError: the training part has fewer than two rounds, or nothing is held out.
    """
    from sklearn.linear_model import Ridge
    from threadpoolctl import threadpool_limits

    rows = sorted(rows)
    unseen = _held_out_roots({root for _, _, root in rows}, seed, held_out)
    fit = [row for row in rows if row[2] not in unseen]
    test = [row for row in rows if row[2] in unseen]
    if len({label for _, label, _ in fit}) < 2 or not test:
        raise SourceError(
            f"cannot train on {len(fit)} rows and measure on {len(test)}: "
            "needs two rounds or more to train on, and some roots to hold out"
        )
    texts = [text for text, _, _ in fit]
    observed = densities(texts)
    center = observed.mean(axis=0).astype(np.float32)
    spread = np.maximum(observed.std(axis=0), 1e-6).astype(np.float32)
    model = Ridge(alpha=RIDGE, solver="sparse_cg", tol=1e-10, max_iter=10_000)
    with threadpool_limits(limits=1):
        model.fit(design(texts, DIMS, center, spread), [label for _, label, _ in fit])
    scorer = HashedScorer(model.coef_.astype(np.float32), float(model.intercept_), center, spread)
    scorers: tuple[ComplexityScorer, ...] = (scorer, LengthScorer(), RandomScorer(seed))
    measured = {one.name: _measure(one, test, seed) for one in scorers}
    return Training(scorer, measured, len(fit), len(test), seed)


def train_from_file(path: Path, out_dir: Path, *, seed: int = 0) -> Training:
    """Train on a JSONL(.gz) file of `instruction`, `round`, `root`; write a scorer folder.

    Writes hashed.npz, validity.json and CARD.md (data, hash, seed, measures) into `out_dir`.

    Raises:
        SourceError: the file is missing, broken, or cannot be trained on.
    """
    training = train(read_rounds(path), seed=seed)
    out_dir.mkdir(parents=True, exist_ok=True)
    training.scorer.save(out_dir / "hashed.npz")
    validity = {name: asdict(measures) for name, measures in training.validity.items()}
    text = json.dumps(validity, indent=1) + "\n"
    (out_dir / "validity.json").write_text(text, encoding="utf-8")
    (out_dir / "CARD.md").write_text(_card(training, path), encoding="utf-8")
    return training


def _held_out_roots(roots: set[str], seed: int, share: float) -> set[str]:
    def key(root: str) -> bytes:
        return hashlib.blake2b(f"{seed}:{root}".encode("utf-8", "surrogatepass")).digest()

    return set(sorted(roots, key=key)[: round(share * len(roots))])


def _measure(scorer: ComplexityScorer, rows: list[RoundRow], seed: int) -> Validity:
    texts, rounds, roots = zip(*rows, strict=True)
    scores = scorer.score(texts)
    known = [index for index in range(len(rows)) if index not in scores.failures]
    return validate(
        [texts[index] for index in known],
        [rounds[index] for index in known],
        [roots[index] for index in known],
        scores.values[known],
        seed=seed,
    )


def _card(training: Training, path: Path) -> str:
    lines = [
        "# A hashed complexity scorer",
        "",
        f"Trained on {training.train_rows} rows of {path.name} "
        f"(sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}), seed {training.seed}; "
        f"measured on {training.held_out_rows} rows of roots held out.",
        "Check the licence of that file before you share the weights.",
        "",
        *validity_table(training.validity),
    ]
    return "\n".join(lines) + "\n"


def validity_table(validity: Mapping[str, Validity]) -> list[str]:
    """Markdown lines: one row a scorer, one column a measure, 95% intervals in brackets."""
    columns = ("matched_1_2", "matched", "spearman", "within_root")
    titles = ("round 1 vs 2, equal length", "all pairs, equal length", "Spearman", "within root")
    lines = ["| scorer | " + " | ".join(titles) + " |", "|---" * 5 + "|"]
    for name, measures in validity.items():
        cells = [str(getattr(measures, column) or "no pairs") for column in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines
