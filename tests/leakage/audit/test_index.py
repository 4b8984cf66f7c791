"""The inverted indexes and their kernels against a naive form on Python sets."""

import math
import random

import numpy as np
import pytest

from codesieve.benchmarks import Benchmark, BenchmarkItem
from codesieve.leakage.audit.index import (
    CHANNELS,
    FEATURES_PER_CHANNEL,
    FULL,
    HIGH,
    TOTAL_FLOOR,
    WHOLE,
    AuditIndex,
    _parts,
    feature_names,
    features_of,
    row_text,
)
from codesieve.leakage.audit.kernel import SET_ASIDE
from codesieve.leakage.audit.views import VIEWS

WORDS = [
    "sort",
    "list",
    "number",
    "string",
    "return",
    "value",
    "prime",
    "even",
    "odd",
    "tree",
    "graph",
    "path",
    "count",
    "sum",
]


def benchmark(count=30, seed=0):
    rng = random.Random(seed)
    items = []
    for number in range(count):
        told = " ".join(rng.choices(WORDS, k=12))
        asked = f">>> task_{number}([{number}, 2])\n    {number}\n"
        prompt = f'def task_{number}(xs):\n    """{told}\n    {asked}    """\n'
        items.append(BenchmarkItem(str(number), prompt, f"    return xs[{number}] + len(xs)\n"))
    return Benchmark.from_items("toy", items)


def rows(count=60, seed=1):
    rng = random.Random(seed)
    return [
        features_of(row_text(" ".join(rng.choices(WORDS, k=15)), f"x = [{n}, 2, {n}]\nprint(x)"))
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def index():
    return AuditIndex(benchmark(), rows())


def naive_bits(index, sample, row, channel, item):
    """Sum over shared features of log((documents + 1) / (frequency + 0.5)), scaled."""
    view, part = CHANNELS[channel]
    place = list(VIEWS).index(view)
    texts = [
        {name: features_of(text) for name, text in _parts(one).items()}
        for one in index.benchmark.items
    ]
    own = texts[item][part][place]
    documents = index.items + len(sample)
    scale = max(1.0, math.log((FULL + index.items) / 0.5) / math.log((documents + 1) / 0.5))
    total = 0.0
    for feature in own & row[place]:
        frequency = sum(
            feature in one[WHOLE][place] or feature in one["prompt"][place] | one["solution"][place]
            for one in texts
        ) + sum(feature in other[place] for other in sample)
        total += scale * math.log((documents + 1) / (frequency + 0.5))
    return total


def test_bits_are_those_of_the_naive_sum(index):
    sample = rows()
    drawn = rows(3, seed=9)
    packed = index.pack(drawn)
    cohort = index.fit(index.pack(sample))
    items, features = index.candidates(packed, cohort, 5)
    for row in range(len(drawn)):
        for place in range(5):
            for channel in (0, 1, 3, 9, 13, 18):
                found = features[row, place, channel * FEATURES_PER_CHANNEL]
                expected = naive_bits(index, sample, drawn[row], channel, items[row, place])
                assert found == pytest.approx(expected, rel=1e-5, abs=1e-5)


def test_the_rough_order_is_that_of_the_normalised_sum(index):
    sample = rows()
    cohort = index.fit(index.pack(sample))
    packed = index.pack(rows(10, seed=5))
    _, features = index.candidates(packed, cohort, index.items)
    rough = features[:, :, feature_names().index("rough")]
    assert (np.diff(rough, axis=1) <= 0).all()
    names = feature_names()
    columns = [
        [names.index(f"{view}.{part}.{fact}") for fact in ("row_z", "item_z", "likeness")]
        for view, part in CHANNELS
    ]
    for row in range(10):
        alive = [c for c in columns if features[row, :, c[2]].max() > 0]
        total = sum(
            np.clip((features[row, :, c[0]] + features[row, :, c[1]]) / 2, -3, 30) for c in alive
        )
        assert total == pytest.approx(rough[row], rel=1e-3, abs=1e-2)


def test_what_is_ordinary_for_an_item_leaves_the_highest_rows_out(index):
    sample = rows()
    packed = index.pack(sample)
    cohort = index.fit(packed)
    features = index.candidates(packed, cohort, index.items)[1]
    items = index.candidates(packed, cohort, index.items)[0]
    channel = 0
    values = np.zeros((len(sample), index.items))
    place = channel * FEATURES_PER_CHANNEL + 6
    np.put_along_axis(values, items, features[:, :, place], axis=1)
    aside = max(1, int(HIGH * len(sample)))
    kept = np.sort(values, axis=0)[:-aside]
    assert cohort.mean[channel] == pytest.approx(kept.mean(axis=0), rel=1e-3, abs=1e-4)
    least = 0.01 + 0.5 * np.median(kept.std(axis=0))
    expected = np.maximum(kept.std(axis=0), least)
    assert cohort.deviation[channel] == pytest.approx(expected, rel=1e-2, abs=1e-3)


def test_an_excluded_item_is_as_if_it_were_not_there(index):
    sample = rows()
    cohort = index.fit(index.pack(sample))
    packed = index.pack(rows(6, seed=3))
    items, _ = index.candidates(packed, cohort, 4)
    without, _ = index.candidates(packed, cohort, 4, items[:, 0].copy())
    assert not (without == items[:, :1]).any()


def test_a_row_does_not_depend_on_the_rows_beside_it(index):
    cohort = index.fit(index.pack(rows()))
    many = rows(20, seed=4)
    together = index.candidates(index.pack(many), cohort, 3)
    alone = [index.candidates(index.pack([row]), cohort, 3) for row in many]
    assert (together[0] == np.concatenate([one[0] for one in alone])).all()
    assert (together[1] == np.concatenate([one[1] for one in alone])).all()


def test_few_items_give_few_candidates():
    small = AuditIndex(benchmark(2), rows(5))
    cohort = small.fit(small.pack(rows(5)))
    items, features = small.candidates(small.pack(rows(4)), cohort, 8)
    assert items.shape == (4, 2)
    assert features.shape == (4, 2, len(feature_names()))
    assert np.isfinite(features).all()
    assert SET_ASIDE == 3
    assert (small.item_total >= TOTAL_FLOOR).all()


def test_no_rows_are_no_rows(index):
    cohort = index.fit(index.pack(rows()))
    items, features = index.candidates(index.pack([]), cohort, 3)
    assert items.shape == (0, 3)
    assert features.shape[0] == 0
