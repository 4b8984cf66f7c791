"""What each view of a text sees, and what it is blind to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.leakage.audit.tokens import lexemes, name_parts, ngrams, pieces
from codesieve.leakage.audit.views import MAX_CHARACTERS, VIEWS, Text

PYTHON = 'def count_vowels(text):\n    """Count."""\n    return sum(c in "aeiou" for c in text)\n'


def seen(view, text, program=None):
    return VIEWS[view](Text(text, program))


def test_names_in_any_style_give_the_same_words():
    assert pieces("has_close_elements hasCloseElements HTTPServer2") == [
        "has", "close", "elements", "has", "close", "elements", "http", "server", "2"
    ]  # fmt: skip
    assert name_parts("separateParenGroups") == name_parts("separate_paren_groups")


def test_words_of_one_stem_are_one():
    assert seen("words", "separate") & seen("words", "separating separators")


def test_phrases_pass_over_stop_words():
    assert seen("phrases", "the sum of the list") == seen("phrases", "sum list")


def test_code_is_blind_to_names_and_comments_and_sees_the_rest():
    renamed = PYTHON.replace("count_vowels", "f").replace("text", "s").replace('"""Count."""', "#x")
    assert seen("code", PYTHON) == seen("code", renamed)
    assert seen("code", PYTHON) != seen("code", PYTHON.replace("sum", "max"))


def test_operations_are_the_same_in_two_languages():
    python = "if len(xs) == 0: return None\nreturn sorted(xs)[0] % 7"
    javascript = "if (xs.length === 0) { return null; } return xs.sort()[0] % 7;"
    shared = seen("operations", python) & seen("operations", javascript)
    assert {"if len", "return null", "modulo 7"} <= shared


def test_literals_do_not_depend_on_brackets_or_decimals():
    assert seen("literals", "[1.0, 2.5, 3]") == seen("literals", "{1, 2.50, 3.0}")
    assert "banana" in seen("literals", "'banana' and \"kiwi\"")


def test_syntax_is_of_python_alone_and_blind_to_names():
    assert seen("syntax", "f", PYTHON) == seen("syntax", "g", PYTHON.replace("text", "word"))
    assert seen("syntax", "int main() { return 0; }") == set()
    fenced = f"Here it is:\n```python\n{PYTHON}```\nGood luck."
    assert seen("syntax", fenced) == seen("syntax", PYTHON)


def test_examples_keep_their_form_without_their_values():
    one = ">>> close([1.0, 2.0], 0.5)\nFalse"
    other = ">>> near([7.25, 3.5], 0.1)\nFalse"
    assert seen("examples", one) == seen("examples", other) != set()
    assert seen("examples", "a plain text (nothing) -> here") == set()


@pytest.mark.parametrize("view", VIEWS)
def test_an_empty_text_has_no_features(view):
    assert seen(view, "") == set()


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_viewed(text):
    for view in VIEWS.values():
        assert all(isinstance(feature, str) for feature in view(Text(text)))


@given(st.text(alphabet="ab'\"#/*\\ \n(1.", max_size=60))
@settings(max_examples=100, deadline=None)
def test_lexemes_are_parts_of_the_text_in_order(text):
    place = 0
    for kind, lexeme in lexemes(text):
        assert kind in {"comment", "string", "number", "name", "mark"}
        place = text.index(lexeme, place) + len(lexeme)


@pytest.mark.parametrize(
    "unit", ['"""', "'''", "/*", '"', "'", "`", "```x\n", "((", "1.", "aA", "\\", "= -"]
)
def test_hostile_repetition_ends(unit):
    text = Text(unit * (MAX_CHARACTERS // len(unit) + 1))
    for view in VIEWS.values():  # a quadratic pattern would run for minutes
        assert isinstance(view(text), set)


def test_runs_are_joined_in_order():
    assert list(ngrams(["a", "b", "c"], 2)) == ["a b", "b c"]
