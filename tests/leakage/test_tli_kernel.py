"""The compiled scan against sets of words: any space, any bytes, any n, threads and Arrow forms."""

import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.benchmarks import Benchmark, BenchmarkItem
from codesieve.leakage import TliIndex, grams
from codesieve.leakage.tables import buffers

SPACES = [chr(point) for point in range(sys.maxunicode + 1) if chr(point).isspace()]
NEAR_SPACES = ["\x00", "\x1b", "\x7f", "\u200b", "\u180e", "\ufeff", "\u2060", "\u0084", "\u3001"]
WORDS = [
    "a",
    "b",
    "aa",
    "<start>",
    "<end>",
    "eightby8",
    "ninebytes",
    "ninebytez",
    "é",
    "\u4e2d\u6587",
]
LONE = "\ud800"


def exam(prompts, name="t"):
    return Benchmark.from_items(
        name, [BenchmarkItem(str(number), prompt) for number, prompt in enumerate(prompts)]
    )


def naive(rows, prompts, ngrams, pad):
    """(rows, items) similarities by sets."""
    items = [grams(prompt, ngrams, pad) for prompt in prompts]
    told = [grams(row, ngrams, pad) for row in rows]
    return np.array(
        [[len(item & row) / len(item) if item else 0.0 for item in items] for row in told]
    ).reshape(len(rows), len(prompts))


def naive_top(values, k, below=np.inf):
    """Each item's k highest similarities over rows whose own highest is below a bound."""
    kept = values[values.max(axis=1, initial=0.0) < below]
    padded = np.zeros((k, values.shape[1]))
    best = np.sort(kept, axis=0)[::-1][:k]
    padded[: len(best)] = best
    return padded.T


texts = st.lists(
    st.one_of(st.sampled_from(WORDS + SPACES + NEAR_SPACES), st.sampled_from([" ", "a b a b"])),
    max_size=14,
).map("".join)  # fmt: skip


@given(
    rows=st.lists(texts, max_size=9),
    prompts=st.lists(texts, min_size=1, max_size=12),
    ngrams=st.lists(st.integers(1, 6), min_size=1, max_size=3, unique=True),
    pad=st.booleans(),
    k=st.integers(1, 4),
    threads=st.integers(1, 3),
)
@settings(max_examples=150, deadline=None)
def test_every_number_equals_that_of_sets(rows, prompts, ngrams, pad, k, threads):
    index = TliIndex([exam(prompts)], ngrams, pad)
    scan = index.scan(rows, top=k, threads=threads)
    values = naive(rows, prompts, ngrams, pad)
    assert (scan.similarity[:, 0] == values.max(axis=1, initial=0.0)).all()
    for row, item in enumerate(scan.item[:, 0]):
        assert item == (values[row].argmax() if values[row].max() > 0 else -1)
    for below in (np.inf, 0.9, 0.5, 0.25, 0.05):
        assert (scan.tops[0].highest(below)[0] == naive_top(values, k, below)).all()
    for item, entries in enumerate(scan.tops[0].highest()[1]):
        for place, row in enumerate(entries):
            assert row < 0 or values[row, item] == scan.tops[0].highest()[0][item, place]


@given(rows=st.lists(texts, max_size=8), prompts=st.lists(texts, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_arrow_arrays_give_what_lists_give(rows, prompts):
    index = TliIndex([exam(prompts)])
    expected = index.scan(rows)
    padded = ["sliced away", *rows, "this too"]
    forms = [
        pa.array(rows, pa.string()),
        pa.array(rows, pa.large_string()),
        pa.array(padded, pa.string()).slice(1, len(rows)),
        pa.chunked_array([rows[:2], [], rows[2:]], pa.string()),
    ]
    for form in forms:
        found = index.scan(form)
        assert (found.similarity == expected.similarity).all()
        assert (found.item == expected.item).all()
        assert found.evidence == expected.evidence
        assert (found.tops[0].row == expected.tops[0].row).all()


@pytest.mark.parametrize("space", SPACES)
def test_every_unicode_space_parts_words(space):
    scan = TliIndex([exam(["one two three four"])], [4], pad=False).scan(
        [f"one{space}two{space}{space}three{space}four", f"{space}one two three four{space}"]
    )
    assert scan.similarity.ravel().tolist() == [1.0, 1.0]


@pytest.mark.parametrize("mark", NEAR_SPACES)
def test_what_only_looks_like_a_space_parts_nothing(mark):
    scan = TliIndex([exam([f"one{mark}two"])], [1], pad=False).scan(["one two", f"one{mark}two"])
    assert scan.similarity.ravel().tolist() == [0.0, 1.0]


def test_lone_surrogates_are_words_like_any_other():
    prompts = [f"a {LONE}b c d", "a \ud801b c d"]
    scan = TliIndex([exam(prompts)]).scan([prompts[0], "x y"])
    assert scan.similarity.ravel().tolist() == [1.0, 0.0]
    assert scan.item[0, 0] == 0


def test_words_that_differ_in_a_late_byte_differ():
    long = "x" * 200
    prompts = [f"{long}a {long}b"]
    rows = [f"{long}a {long}b", f"{long}b {long}a", f"{long} {long}"]
    scan = TliIndex([exam(prompts)], [1], pad=False).scan(rows)
    assert scan.similarity.ravel().tolist() == [1.0, 1.0, 0.0]


def test_rows_longer_than_any_buffer_are_read():
    words = [f"w{number}" for number in range(20_000)]
    scan = TliIndex([exam([" ".join(words[:50])])]).scan([" ".join(words), "short"])
    assert scan.similarity[0, 0] == naive([" ".join(words)], [" ".join(words[:50])], (4, 5), True)


def test_several_benchmarks_keep_their_own_items():
    one, other = exam(["a b c d e", "q r s t u"], "one"), exam(["q r s t u"], "other")
    scan = TliIndex([one, other]).scan(["q r s t u", "a b c d e"])
    assert scan.item.tolist() == [[1, 0], [0, -1]]
    assert [top.items for top in scan.tops] == [2, 1]


def test_nulls_and_other_types_are_refused():
    index = TliIndex([exam(["a b c d"])])
    with pytest.raises(ValueError, match="1 nulls"):
        index.scan(pa.array(["a", None]))
    with pytest.raises(ValueError, match="must be strings"):
        index.scan(pa.array([1, 2]))


def test_arrow_text_is_not_copied():
    array = pa.array(["some text", "more of it"])
    ((data, _),) = buffers(array)
    assert data.ctypes.data == array.buffers()[2].address
