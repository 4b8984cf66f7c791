"""Exhibits on the terminal: both texts side by side, shared words bold, nothing that steers it."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from codesieve.cli.evidence import print_exhibits
from codesieve.leakage.audit import Flag, Verdict
from codesieve.report import Exhibit

FLAG = Flag(
    row=41, row_id="pool.jsonl:41", source="pool.jsonl", benchmark="humaneval",
    task_id="HumanEval/7", score=2.5, verdict=Verdict.DROP, views={"grams.whole": 0.875},
)  # fmt: skip
EXHIBIT = Exhibit(
    flag=FLAG,
    instruction="Keep the strings that contain a substring, please.",
    response="kept = []",
    prompt="Only the strings that contain a substring remain",
    solution=None,
)


def printed(*exhibits, limit=5, width=120, terminal=False):
    file = io.StringIO()
    colors = "standard" if terminal else None
    console = Console(file=file, width=width, force_terminal=terminal, color_system=colors)
    print_exhibits(console, exhibits, limit)
    return file.getvalue()


def test_an_exhibit_is_a_headline_and_two_columns():
    text = printed(EXHIBIT)
    headline, *rest = text.splitlines()
    assert headline == "humaneval/HumanEval/7  drop  score 2.500  pool.jsonl:41"
    beside = next(line for line in rest if "Keep the strings" in line)
    assert "Only the strings" in beside
    assert "kept = []" in text


def test_the_headline_has_the_judges_word_and_whether_the_task_is_common():
    flag = replace(FLAG, verdict=Verdict.ASK, textbook=True, judge="unrelated")
    assert "ask  score 2.500  pool.jsonl:41  textbook task  judge: unrelated" in printed(
        replace(EXHIBIT, flag=flag)
    )


def test_shared_words_are_bold_on_a_terminal():
    text = printed(EXHIBIT, terminal=True)
    assert text.count("\x1b[1mthe strings that contain a substring") == 2


def test_no_more_than_the_limit_are_shown_best_first_and_the_rest_counted():
    exhibits = [
        replace(EXHIBIT, flag=replace(FLAG, task_id=f"t{score}", score=score)) for score in range(9)
    ]
    text = printed(*exhibits, limit=2)
    assert [line.split()[0] for line in text.splitlines() if line.startswith("humaneval/")] == [
        "humaneval/t8", "humaneval/t7"
    ]  # fmt: skip
    assert "7 more pairs" in text
    assert printed(EXHIBIT, limit=0) == "1 more pairs are not shown (--show)\n"


def test_nothing_is_printed_of_no_exhibits():
    assert printed() == ""


@pytest.mark.parametrize(
    "hostile",
    ["\x1b[2J\x1b]0;title\x07", "\u202etxt.exe\u2066", "a\0b\x9b31m\x7f", "[bold red]x[/]",
     "\ud800", "a\rb"],
)  # fmt: skip
@pytest.mark.parametrize("terminal", [False, True])
def test_hostile_text_is_shown_and_does_nothing(hostile, terminal):
    flag = replace(
        FLAG, row_id=hostile, source=hostile, benchmark=hostile, task_id=hostile, judge=hostile
    )
    text = printed(Exhibit(flag, hostile, hostile, hostile, hostile), terminal=terminal)
    plain = text.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "")
    assert all(char.isprintable() or char == "\n" for char in plain)
    seen = "".join(char if char.isprintable() else repr(char)[1:-1] for char in hostile)
    assert plain.count(seen) == 8


def test_long_texts_are_cut_around_what_is_shared():
    long = "x " * 250_000 + EXHIBIT.instruction + " y" * 250_000
    flag = replace(FLAG, task_id="t" * 10**6)
    text = printed(replace(EXHIBIT, instruction=long, flag=flag))
    assert "the strings that contain a substring" in " ".join(text.split())
    assert "characters not shown" in text
    assert len(text) < 10_000
