"""Marks: what two texts share, piece by piece."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codesieve.leakage.audit.marks import LIMIT, mark

WORDS = st.sampled_from(
    ["a", "B", "b", "is_prime", "isPrime", "12", "123", '"', "'", "\n", ", ", " ", "\u202e", "é"]
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=40).map(" ".join))


def joined(pieces):
    return "".join(text for text, _ in pieces)


def shared(pieces):
    return [text for text, is_shared in pieces if is_shared]


@settings(max_examples=100, deadline=None)
@given(TEXTS, TEXTS, st.integers(1, 5))
@example("a\r\nb", "a\r\nb", 2)
@example("", "", 4)
def test_the_pieces_joined_are_the_texts(row, item, run):
    marked = mark(row, item, run=run)
    assert joined(marked.row) == row
    assert joined(marked.item) == item
    assert all(text for text, _ in (*marked.row, *marked.item))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from("abc"), max_size=14),
    st.lists(st.sampled_from("abc"), max_size=14),
    st.integers(1, 4),
)
def test_the_words_marked_are_those_of_the_runs_a_naive_search_finds(row, item, run):
    expected = set()
    for start in range(len(row) - run + 1):
        for other in range(len(item) - run + 1):
            if row[start : start + run] == item[other : other + run]:
                expected |= set(range(start, start + run))
    found, place = set(), 0
    for text, is_shared in mark(" ".join(row), " ".join(item), run=run).row:
        if is_shared:
            found |= {(place + match.start()) // 2 for match in re.finditer(r"\w", text)}
        place += len(text)
    assert found == expected


@settings(max_examples=50, deadline=None)
@given(TEXTS, TEXTS)
def test_marks_are_the_same_seen_from_the_other_side(row, item):
    there, back = mark(row, item), mark(item, row)
    assert (there.row, there.item) == (back.item, back.row)


def test_runs_are_found_across_case_and_punctuation():
    marked = mark("Please: Return the, SUM of both!", "return the sum of all")
    assert shared(marked.row) == ["Return the, SUM of"]
    assert shared(marked.item) == ["return the sum of"]


def test_runs_that_touch_but_are_apart_in_the_item_are_two_pieces():
    marked = mark("a b c d e f g h", "e f g h x a b c d")
    assert shared(marked.row) == ["a b c d", "e f g h"]


@pytest.mark.parametrize(
    ("row", "item", "pieces"),
    [
        ("returns 1729 now", "if n == 1729:", ["1729"]),
        ("returns 17 now", "if n == 17:", []),
        ('say "Yes!" then', "'Yes!'", ['"Yes!"']),
        ('say "ab" then', "'ab'", []),
        ("def hasCloseElements(x)", "has_close_elements", ["hasCloseElements"]),
        ("use HTTPServer", "http_server", ["HTTPServer"]),
        ("def solve(x)", "call solve", []),
        ("__init__ x1", "__init__ x1", []),
    ],
)
def test_of_single_tokens_only_distinctive_ones_are_marked(row, item, pieces):
    assert shared(mark(row, item).row) == pieces


def test_a_long_text_is_cut_around_its_first_shared_piece_and_says_so():
    row = "x " * 300_000 + "the quick brown fox" + " y" * 300_000
    marked = mark(row, "see the quick brown fox run")
    assert shared(marked.row) == ["the quick brown fox"]
    before, *middle, after = marked.row
    shown = joined(middle)
    assert len(shown) == LIMIT
    start = row.index(shown[: LIMIT // 2])
    assert f"{start:,} characters not shown" in before[0]
    assert f"{len(row) - start - LIMIT:,} characters not shown" in after[0]
    assert shown == row[start : start + LIMIT]


def test_a_long_text_with_nothing_shared_shows_its_beginning():
    *first, note = mark("z " * 20_000, "").row
    assert joined(first) == ("z " * 20_000)[:LIMIT]
    assert "20,000 characters not shown" in note[0]


def test_a_piece_that_reaches_past_the_cut_is_cut_with_it():
    text = "one two three four five six seven"
    assert shared(mark(text, text, limit=10).row) == [text[:10]]


@pytest.mark.parametrize(
    "text", ["A" * 10**6, "aB" * 500_000, '"' * 10**6, "\"'" * 500_000, "_" * 10**6, "9" * 10**6,
             "'\"ab" * 250_000, "\0" * 10**6],
)  # fmt: skip
def test_texts_of_a_megabyte_made_to_be_slow_are_marked(text):
    marked = mark(text, text)
    assert len(joined(marked.row[:-1])) == LIMIT


@pytest.mark.parametrize("wrong", [{"run": 0}, {"limit": 0}])
def test_a_run_or_limit_below_one_is_refused(wrong):
    with pytest.raises(ValueError, match="1 or more"):
        mark("a", "b", **wrong)
