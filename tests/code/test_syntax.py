"""The guarded parser."""

import warnings

import pytest

from codesieve.code import parse


@pytest.mark.parametrize(
    "text",
    [
        "def f(:",
        "a\x00b",
        "'\ud800'",
        "(" * 10_000,
        "-" * 100_000 + "1",
        "1+" * 50_000 + "1",
        "a" + ".b" * 100_000,
        "9" * 10_000,
        "x = 1\n" * 1_000_000,
    ],
)
def test_what_cannot_be_parsed_here_is_none(text):
    assert parse(text) is None


def test_a_program_is_a_tree_and_makes_no_noise():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse(r"x = '\d' is 'y'") is not None
        assert parse("") is not None
