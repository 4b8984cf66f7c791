"""Trains the audit's pair model and writes src/codesieve/leakage/audit/weights/pairs.npz.

Usage: python benchmarks/audit_training.py --data ../shared/data [--without humaneval] [--out FILE]

The model is the average of gradient-boosted trees, half of them monotone (more evidence never
lowers a score), half with the row's own size among the features. Leaks are made from public exams
(training/), no file of leakage/ is read. The score that a share of clean rows reaches is measured
on the other half of Code-Alpaca, textbook tasks left out.
"""

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from cases.case import TEXTBOOK, Bundle
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from training.sets import TrainingSet, training_sets

from codesieve.benchmarks import Benchmark, load
from codesieve.leakage.audit.index import AuditIndex, feature_names, features_of, row_text
from codesieve.leakage.audit.model import PairModel

WEIGHTS = Path(__file__).parents[1] / "src/codesieve/leakage/audit/weights/pairs.npz"
SAMPLE = 4_000
CANDIDATES = 8
RATES = (0.05, 0.02, 0.01, 0.005, 0.003, 0.002, 0.001, 0.0005)
EXAMS = (  # for the false-positive rate
    ("HumanEval", "HumanEval.jsonl.gz", None, True),
    ("MBPP", "mbpp.jsonl.gz", None, True),
    ("BigCodeBench", "BigCodeBench.jsonl.gz", None, False),
    ("LiveCodeBench", "livecodebench_400_public_tests.jsonl.gz", None, False),
    ("DS-1000", "ds1000.jsonl.gz", "prompt", False),
)
Pairs = tuple[NDArray[np.float32], NDArray[np.int8], NDArray[np.float64]]


def candidates(
    benchmark: Benchmark, rows: Sequence[tuple[str, str]]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Items and features as the auditor would see these rows in one file."""
    features = [features_of(row_text(*row)) for row in rows]
    drawn = random.Random(0).sample(range(len(features)), min(SAMPLE, len(features)))
    sample = [features[place] for place in drawn]
    index = AuditIndex(benchmark, sample)
    cohort = index.fit(index.pack(sample))
    return index.candidates(index.pack(features), cohort, CANDIDATES)


def pairs_of(one: TrainingSet) -> Pairs:
    """Features, labels and weights of a set's candidate pairs; sets weigh the same."""
    items, features = candidates(one.benchmark, [*(row for _, row in one.leaks), *one.clean])
    true = np.array([item for item, _ in one.leaks])
    count = len(true)
    label = np.zeros(items.shape, np.int8)
    label[:count] = items[:count] == true[:, None]
    weight = np.full(items.shape, 5_000 / len(one.clean))
    weight[:count] = np.where(label[:count] == 1, 600 / label[:count].sum(), 0.3)
    print(f"{one.name}: {count} leaks, found among candidates {label[:count].max(1).mean():.3f}")
    return features.reshape(-1, features.shape[-1]), label.ravel(), weight.ravel()


def fit(sets: Sequence[Pairs]) -> list[tuple[HistGradientBoostingClassifier, NDArray[np.int64]]]:
    """Four models, each with the columns it reads."""
    names = feature_names()
    evidence = [place for place, name in enumerate(names) if not name.startswith(("row.", "item."))]
    sizes = [place for place, name in enumerate(names) if name.startswith("row.")]
    features, label, weight = (np.concatenate(column) for column in zip(*sets, strict=True))
    models = []
    for monotone in (True, False):
        for columns in (evidence, evidence + sizes):
            directions = [int(place in evidence) for place in columns] if monotone else None
            model = HistGradientBoostingClassifier(
                max_iter=300, learning_rate=0.06, max_leaf_nodes=16, min_samples_leaf=40,
                l2_regularization=5.0, monotonic_cst=directions, random_state=0,
            )  # fmt: skip
            model.fit(features[:, columns], label, sample_weight=weight)
            models.append((model, np.array(columns)))
    return models


def as_arrays(
    models: Sequence[tuple[HistGradientBoostingClassifier, NDArray[np.int64]]],
) -> dict[str, NDArray]:
    """The trees of all models over the union of their columns, averaged."""
    used = np.unique(np.concatenate([columns for _, columns in models]))
    place = {int(column): number for number, column in enumerate(used)}
    root, feature, threshold, left, right, value = [], [], [], [], [], []
    for model, columns in models:
        base = float(model._baseline_prediction.ravel()[0])
        for number, (tree,) in enumerate(model._predictors):
            start = len(feature)
            root.append(start)
            for node in tree.nodes:
                leaf = bool(node["is_leaf"])
                feature.append(-1 if leaf else place[int(columns[node["feature_idx"]])])
                threshold.append(0.0 if leaf else node["num_threshold"])
                left.append(start + int(node["left"]))
                right.append(start + int(node["right"]))
                value.append((node["value"] + (base if number == 0 else 0.0)) / len(models))
    names = feature_names()
    return {
        "root": np.array(root, np.int32),
        "feature": np.array(feature, np.int16),
        "threshold": np.array(threshold, np.float32),
        "left": np.array(left, np.int32),
        "right": np.array(right, np.int32),
        "value": np.array(value, np.float32),
        "names": np.array([names[int(column)] for column in used]),
    }


def clean_scores(bundle: Bundle, model: PairModel) -> NDArray[np.float64]:
    """The highest score of each clean row with any item, over several benchmarks, descending."""
    rows = bundle.random("false positives").sample(bundle.alpaca, SAMPLE * 2)
    told = [(f"{row['instruction']}\n{row['input']}", row["output"]) for row in rows]
    textbook = np.array([bool(TEXTBOOK.search(" ".join(one))) for one in told])
    used = [feature_names().index(name) for name in model.names]
    found = []
    for name, file, field, sets_textbook in EXAMS:
        benchmark = load(name, file, bundle.data / "benchmarks", field)
        items, features = candidates(benchmark, told)
        flat = np.ascontiguousarray(features.reshape(-1, features.shape[-1])[:, used])
        best = model.score(flat).reshape(items.shape).max(axis=1)
        found.append(best[~textbook] if sets_textbook else best)
        print(f"{name}: 0.3% of clean rows above {np.quantile(found[-1], 0.997):.2f}")
    return np.sort(np.concatenate(found))[::-1]


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--without", nargs="*", default=[], help="sets left out")
    parser.add_argument("--seeds", type=int, nargs="*", default=[2, 3])
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    asked = parser.parse_args()
    bundle = Bundle(asked.data, 0)
    sets = [
        pairs_of(one)
        for seed in asked.seeds
        for one in training_sets(bundle, seed)
        if one.name not in asked.without
    ]
    arrays = as_arrays(fit(sets))
    nothing = np.zeros(0)
    names = tuple(arrays["names"].tolist())
    trees = {name: array for name, array in arrays.items() if name != "names"}
    model = PairModel(names=names, rates=nothing, scores=nothing, **trees)
    scores = clean_scores(Bundle(asked.data, 1), model)
    at = [float(scores[int(rate * len(scores))]) for rate in RATES]
    asked.out.parent.mkdir(exist_ok=True)
    np.savez_compressed(asked.out, **arrays, rates=np.array(RATES), scores=np.array(at))
    print(json.dumps(dict(zip(map(str, RATES), at, strict=True))))
    print(f"{asked.out}: {asked.out.stat().st_size:,} bytes, {len(arrays['root'])} trees")


if __name__ == "__main__":
    main()
