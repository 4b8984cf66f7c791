"""The decision against a naive one: rules applied row by row, in order, with dicts."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.diversity.oracle import greedy

from codesieve.embedding import to_fixed_point
from codesieve.pipeline.decide import Leakage, Scores, decide
from codesieve.pipeline.load import parse_recipe
from codesieve.selection import normalise


def random_scores(seed, rows):
    rng = np.random.default_rng(seed)
    ids = [f"s/f#{number}" for number in range(rows)]
    passes = rng.random(rows) > 0.1
    contents = [f"{rng.integers(0, 3):032x}" for _ in range(rows)]
    first, duplicate_of, group = {}, [None] * rows, [None] * rows
    for row in np.flatnonzero(passes):
        task = int(rng.integers(0, max(1, rows // 2)))
        key = (task, int(rng.integers(0, 3)))
        group[row] = ids[first.setdefault(("group", task), row)]
        seen = first.setdefault(key, row)
        duplicate_of[row] = ids[seen] if seen != row else None
    leak = np.where(passes, rng.choice([0.0, 0.01, 0.05, 0.4], rows), np.nan)
    items = [None if np.isnan(x) or x == 0 else "T/1" for x in leak]
    quality = rng.choice([0.0, 0.25, 0.5, 1.0, np.nan], rows)
    complexity = np.where(rng.random(rows) < 0.05, np.nan, rng.integers(0, 6, rows) / 2)
    return Scores(
        row_id=pa.array(ids), content_id=pa.array(contents), source=pa.array(["s"] * rows),
        passes_where=passes, duplicate_of=pa.array(duplicate_of, pa.string()),
        group=pa.array(group, pa.string()),
        leakage={"exam": Leakage(leak, pa.array(items, pa.string()), pa.nulls(rows, pa.string()))},
        complexity=complexity, complexity_failure=pa.nulls(rows, pa.string()),
        quality=quality, quality_status=pa.array(["?"] * rows),
        embeddings=to_fixed_point(rng.standard_normal((rows, 4))),
        neighbours=np.sort(rng.random(9)),
    )  # fmt: skip


def excluded(scores, recipe):
    """Status of the rows that are not ranked, None of the others."""
    ids = scores.row_id.to_pylist()
    duplicates = scores.duplicate_of.to_pylist()
    status = dict.fromkeys(ids)
    for row, row_id in enumerate(ids):
        if not scores.passes_where[row]:
            status[row_id] = "filtered"
        elif duplicates[row] is not None:
            status[row_id] = "duplicate"
        elif scores.leakage["exam"].similarity[row] >= recipe.threshold(recipe.benchmarks[0]):
            status[row_id] = "leaked"
        elif np.isnan(scores.complexity[row]):
            status[row_id] = "no_complexity"
        elif np.isnan(scores.quality[row]) and recipe.selection.unknown == "drop":
            status[row_id] = "no_evidence"
    return status


def naive(scores, recipe):
    """Status of each row, decided the slow way."""
    ids, groups = scores.row_id.to_pylist(), scores.group.to_pylist()
    status = excluded(scores, recipe)
    left = [row for row, row_id in enumerate(ids) if status[row_id] is None]
    method, alpha = recipe.selection.normalise, recipe.selection.alpha
    complexity = normalise(scores.complexity[left], method).values
    quality = normalise(scores.quality[left], method).values
    known = quality[~np.isnan(quality)]
    median = float(np.median(known)) if len(known) else 0.5
    score = {
        row: alpha * c + (1 - alpha) * (median if np.isnan(q) else q)
        for row, c, q in zip(left, complexity, quality, strict=True)
    }
    contents = scores.content_id.to_pylist()
    ranked = sorted(left, key=lambda row: (-score[row], contents[row], ids[row]))
    seen, order = set(), []
    for row in ranked:
        if groups[row] in seen:
            status[ids[row]] = "worse_in_group"
        else:
            seen.add(groups[row])
            order.append(row)
    limit = recipe.diversity.max_similarity
    if limit is None:
        limit = float(np.quantile(scores.neighbours, recipe.diversity.quantile))
    kept, nearest = greedy(scores.embeddings[order], limit, recipe.selection.budget)
    for rank, row in enumerate(order):
        if rank in kept:
            status[ids[row]] = "selected"
        elif rank < len(nearest):
            status[ids[row]] = "too_similar"
        else:
            status[ids[row]] = "over_budget" if limit >= 1 else "not_reached"
    return status, [ids[order[rank]] for rank in kept]


@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(1, 40),
    budget=st.integers(1, 30),
    unknown=st.sampled_from(["median", "drop"]),
    method=st.sampled_from(["clipped_minmax", "minmax", "rank", "zscore"]),
    limit=st.sampled_from([None, 0.3, 0.9, 1.0]),
)
@settings(max_examples=120, deadline=None)
def test_it_equals_rules_applied_row_by_row(seed, rows, budget, unknown, method, limit):
    recipe = parse_recipe(
        {
            "name": "x",
            "sources": [{"name": "s", "files": "f"}],
            "benchmarks": [{"name": "exam", "files": "e"}],
            "diversity": {"max_similarity": limit},
            "selection": {"budget": budget, "unknown": unknown, "normalise": method, "alpha": 0.3},
        }
    )
    scores = random_scores(seed, rows)
    decision = decide(scores, recipe)
    status, chosen = naive(scores, recipe)
    assert dict(zip(decision.ledger["row_id"].to_pylist(),
                    decision.ledger["status"].to_pylist(), strict=True)) == status  # fmt: skip
    assert scores.row_id.take(pa.array(decision.selected)).to_pylist() == chosen
