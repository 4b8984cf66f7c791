"""Tables on a terminal and in a pipe: readable, and no number is cut."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from codesieve.cli.progress import TerminalReporter
from codesieve.cli.tables import HYPHEN, make_console, print_table

NUMBERS = ["records", f"quaran{HYPHEN}tined", "worse in group", "too similar", "selected"] * 2
SOURCE = "a-source-with-quite-a-long-name-and-more-of-it"


def printed(width, texts, numbers, rows, total=None):
    file = io.StringIO()
    console = Console(file=file, width=width, markup=False, highlight=False, emoji=False)
    print_table(console, "Title", texts, numbers, rows, total)
    return file.getvalue()


def test_columns_that_fit_stand_in_one_table_with_whole_headings():
    text = printed(200, ["source"], NUMBERS, [["s", *["1"] * 10]])
    assert text.count("source") == 1
    assert "worse in group" in text
    assert "quarantined" in text


def test_columns_that_do_not_fit_follow_below():
    rows = [[SOURCE, *[f"{10**6 + n:,}" for n in range(10)]] for _ in range(2)]
    text = printed(80, ["source"], NUMBERS, rows, ["all", *["2,000,000"] * 10])
    assert text.count("source") > 1
    assert max(map(len, text.splitlines())) <= 80
    for number in range(10):
        assert text.count(f"{10**6 + number:,}") == 2
    assert text.count("2,000,000") == 10


@settings(max_examples=50, deadline=None)
@given(
    st.integers(40, 140),
    st.lists(st.lists(st.integers(0, 10**7), min_size=10, max_size=10), min_size=1, max_size=3),
)
def test_no_number_is_ever_cut(width, rows):
    cells = [["s" * 30, *[f"{number:,}" for number in row]] for row in rows]
    text = printed(width, ["source"], NUMBERS, cells)
    shown = [word for line in text.splitlines() for word in line.split()]
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width
    for row in cells:
        for number in row[1:]:
            assert number in shown


def test_a_table_without_rows_has_its_headings():
    assert "pool" in printed(80, ["evidence"], ["pool"], [])


def test_markup_and_control_characters_are_shown_as_they_are():
    text = printed(80, ["file"], ["rows"], [["[bold]a\x1b[31m:smile:", "1"]])
    assert r"[bold]a\x1b[31m:smile:" in text


def test_a_pipe_is_wide(capsys):
    assert make_console().width >= 110


@pytest.mark.parametrize("total", [None, 40])
def test_progress_on_a_terminal_counts_rows(total):
    reporter, file = TerminalReporter(), io.StringIO()
    reporter.console = Console(file=file, force_terminal=True, width=80)
    with reporter.stage("quality", total) as advance:
        advance(40)
    assert ("40/40 rows" if total else "40 rows") in file.getvalue()
    assert "0/?" not in file.getvalue()
