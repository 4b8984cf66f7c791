"""`where:` lets rows pass by their fields, within types, and rejects what it cannot mean."""

import datetime

import pytest

from codesieve.errors import RecipeError
from codesieve.pool import compile_where

ROW = {"round": 2, "lang": "python", "ok": True, "none": None, "meta": {"level": 1.5}, "a.b": "x"}


@pytest.mark.parametrize(
    ("where", "passes"),
    [
        ({}, True),
        ({"round": 2}, True),
        ({"round": 2.0}, True),
        ({"round": "2"}, False),
        ({"round": [1, 2]}, True),
        ({"round": [1, 3]}, False),
        ({"round": {"min": 2, "max": 2}}, True),
        ({"round": {"min": 3}}, False),
        ({"round": {"min": "1"}}, False),
        ({"round": {"not": 2}}, False),
        ({"round": {"not": [1, 3]}}, True),
        ({"round": 2, "lang": "java"}, False),
        ({"lang": {"matches": "^py"}}, True),
        ({"lang": {"matches": "^on"}}, False),
        ({"lang": {"min": "java", "max": "rust"}}, True),
        ({"round": {"matches": "2"}}, False),
        ({"ok": True}, True),
        ({"ok": 1}, False),
        ({"ok": {"min": 0}}, False),
        ({"none": None}, True),
        ({"none": {"not": 1}}, True),
        ({"missing": None}, False),
        ({"missing": {"not": 1}}, False),
        ({"meta.level": {"in": [1.5]}}, True),
        ({"meta.level.x": 1}, False),
        ({"meta": "x"}, False),
        ({"a.b": "x"}, True),
    ],
)
def test_rows_pass_by_their_fields(where, passes):
    assert compile_where(where).passes(ROW) is passes


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"x": {"over": 1}}, "where.x.over: unknown; allowed are min, max"),
        ({"x": {}}, "where.x: empty"),
        ({"x": []}, "where.x: an empty list"),
        ({"x": [[1]]}, "where.x: must be a text, a number"),
        ({"x": {"min": None}}, "where.x.min: must be a number or a text"),
        ({"x": {"max": True}}, "where.x.max: must be a number or a text"),
        ({"x": {"matches": "("}}, "where.x.matches: not a regular expression"),
        ({"x": {"matches": 1}}, "where.x.matches: must be a regular expression"),
        ({"x": float("nan")}, "where.x: nothing equals"),
        ({"x": {"min": datetime.date(2024, 1, 1)}}, "where.x.min: put the date in quotes"),
        ({1: 2}, "where.1: the name of a field"),
    ],
)
def test_a_wrong_condition_is_an_error_of_the_recipe_that_names_the_key(where, message):
    with pytest.raises(RecipeError) as caught:
        compile_where(where)
    assert str(caught.value).startswith(message)
