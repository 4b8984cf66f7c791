"""Test cases mined from instructions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.quality import Suite, mine_cases

CODE = "def f(x, k=0):\n    return x\n\ndef g(x):\n    return x\n"
ONE = "def f(x, k=0):\n    return x\n"


def read(instruction: str, code: str = CODE) -> list[tuple]:
    """(args, kwargs, expected) of the mined cases."""
    suite = mine_cases(instruction, code)
    return [(c.call.args, dict(c.call.kwargs), c.expected) for c in suite.cases]


def test_a_doctest_is_a_case():
    suite = mine_cases("Write f.\n>>> f([1, 2], k=3)\n{'a': (1, 2)}\n", CODE)
    (case,) = suite.cases
    assert (case.call.args, dict(case.call.kwargs)) == (([1, 2],), {"k": 3})
    assert (case.expected, case.origin, suite.entry_point) == ({"a": (1, 2)}, "doctest", "f")
    assert (suite.requested, suite.unparsed, suite.origin) == (1, 0, "instruction")


def test_a_doctest_inside_a_docstring_ends_with_it():
    assert read('def f(x):\n    """Do.\n    >>> f(1)\n    2\n    """\n') == [((1,), {}, 2)]
    assert read("def f(x):\n    '''Do.\n    >>> f(1)\n    2'''\n") == [((1,), {}, 2)]


@pytest.mark.parametrize("mark", ["# doctest: +SKIP", "#doctest:+SKIP"])
def test_a_doctest_that_says_skip_is_no_case(mark):
    assert read(f">>> f(1)  {mark}\n9\n>>> f(2)\n2\n") == [((2,), {}, 2)]


def test_a_doctest_over_several_lines_is_one_case():
    assert read(">>> f([1,\n...    2])\n[[1, 2],\n [3]]\n") == [(([1, 2],), {}, [[1, 2], [3]])]


def test_a_doctest_that_ends_in_a_traceback_asks_for_the_exception():
    text = ">>> f(-1)\nTraceback (most recent call last):\n    ...\nValueError: negative\n"
    (case,) = mine_cases(text, CODE).cases
    assert (case.raises, case.expected) == ("ValueError", None)


def test_printed_and_wrapped_values_are_compared_through_a_view():
    (case,) = mine_cases(">>> print(f(1))\n1.50\n", CODE).cases
    assert (case.view, case.expected) == ("str", "1.50")
    (case,) = mine_cases(">>> sorted(f(1))\n[1, 2]\n", CODE).cases
    assert (case.view, case.expected) == ("sorted", [1, 2])
    (case,) = mine_cases(">>> round(f(1), 2)\n0.33\n", CODE).cases
    assert case.expected == 0.33
    assert case.tolerance == pytest.approx(0.005)


@pytest.mark.parametrize(
    ("check", "expected", "view"),
    [
        ("assert f(1) == 2", 2, None),
        ("assert 2 == f(1)", 2, None),
        ("assert f(1) == [\n    1,\n    2,\n]", [1, 2], None),
        ("assert f(1) is True", True, None),
        ("assert f(1) is None, 'none'", None, None),
        ("assert f(1)", True, "bool"),
        ("assert not f(1)", False, "bool"),
        ("assert set(f(1)) == {1, 2}", {1, 2}, "set"),
        ("assert len(f(1)) == 3", 3, "len"),
        ("assert f(1) == float('inf')", float("inf"), None),
        ("assert f(1) == -2.5", -2.5, None),
        ("assert f(1) == frozenset([1])", frozenset([1]), None),
    ],
)
def test_asserts_are_cases(check, expected, view):
    (case,) = mine_cases(f"Must hold:\n```python\n{check}\n```\n", CODE).cases
    assert case.call.args == (1,)
    assert (case.expected, case.view, case.origin) == (expected, view, "assert")


@pytest.mark.parametrize(
    ("check", "tolerance"),
    [
        ("assert abs(f(1) - 0.5) < 1e-3", 1e-3),
        ("assert math.isclose(f(1), 0.5, rel_tol=1e-2)", 1e-2),
        ("assert round(f(1), 1) == 0.5", 0.05),
        ("assert f(1) == pytest.approx(0.5)", 1e-6),
    ],
)
def test_close_values_have_a_tolerance(check, tolerance):
    (case,) = mine_cases(check, CODE).cases
    assert case.expected == 0.5
    assert case.tolerance == pytest.approx(tolerance)


@pytest.mark.parametrize(
    "arrow",
    ["->", "=>", "==", "=", "-->", "==>", "→", "➞", "returns", "should return", "# returns", "is"],
)
def test_calls_with_arrows_are_cases(arrow):
    assert read(f"For example, f([1], 2) {arrow} [3]") == [(([1], 2), {}, [3])]
    assert read(f"`f([1], 2)` {arrow} `[3]`.") == [(([1], 2), {}, [3])]


def test_arrows_in_prose_stop_at_the_end_of_the_value():
    assert read("f(2) returns 4. f(3) returns 9, and so on") == [((2,), {}, 4), ((3,), {}, 9)]
    assert read("f(2) == true, f(0) is null") == [((2,), {}, True), ((0,), {}, None)]


@pytest.mark.parametrize(
    "text",
    [
        "f(2) = 1 + 1",  # a derivation, not a value
        "f(n) = f(n-1) + f(n-2)",
        "if f(3) == 2: pass",
        "f(3) == 2 and more",
        "def f(x=1): return 2",
        "assert f(1) == 2 or f(1) == 3",
        "assert f(1) != 2",
        "assert f(1) in [1, 2]",
        "other(1) -> 2",
        "xf(1) -> 2",
        "f(1) and then 2",
        'f("a" * 10**9) -> 2',
        "f(open('x')) -> 1",
        "f([0] * 10) -> 1",
        "f(__import__('os')) -> 1",
        "f({[]: 1}) -> 1",
    ],
)
def test_what_is_not_plain_data_or_not_an_example_gives_no_case(text):
    assert mine_cases(text, CODE).cases == ()


def test_what_cannot_be_read_is_counted_with_its_reason():
    suite = mine_cases("assert f(x) == 1\nassert f(1) == 1\nassert f(1) < 3\n", CODE)
    assert (len(suite.cases), suite.requested, suite.unparsed) == (1, 3, 2)
    assert dict(suite.reasons) == {"not literal": 1, "not a comparison": 1}


def test_only_functions_that_the_code_defines_count():
    assert mine_cases("assert h(1) == 2", CODE) == Suite()
    assert mine_cases("assert f(1) == 2", "x = 1") == Suite()
    assert mine_cases("assert f(1) == 2", "class C:\n    def f(self): pass") == Suite()


def test_methods_of_a_class_without_arguments_count():
    code = "class Solution:\n    def add(self, a, b):\n        return a + b\n"
    suite = mine_cases("Solution().add(1, 2) -> 3", code)
    assert suite.entry_point == "Solution().add"
    suite = mine_cases("Input: a = 1, b = 2\nOutput: 3", code)
    assert (suite.entry_point, dict(suite.cases[0].call.kwargs)) == (
        "Solution().add",
        {"a": 1, "b": 2},
    )


def test_the_function_with_most_cases_is_taken_and_of_equals_the_first():
    assert mine_cases("g(1) -> 1\nf(1) -> 2\nf(2) -> 2", CODE).entry_point == "f"
    assert mine_cases("g(1) -> 1\nf(1) -> 2", CODE).entry_point == "g"


def test_repeated_calls_count_once_and_the_first_value_stands():
    assert read("f(1) -> 2\nf( 1 ) => 3\n>>> f(5)\n6\n") == [((5,), {}, 6), ((1,), {}, 2)]


def test_the_limit_spreads_over_the_examples():
    text = "\n".join(f"f({n}) -> {n}" for n in range(100))
    suite = mine_cases(text, CODE, limit=4)
    assert [case.expected for case in suite.cases] == [0, 25, 50, 75]
    assert suite.requested == 100


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Input: [1, 2]\nOutput: 3", [(([1, 2],), {}, 3)]),
        ("Input: [1, 2] Output: 3", [(([1, 2],), {}, 3)]),
        ("**Input:** `[1, 2]`\n\n**Output:** `3`", [(([1, 2],), {}, 3)]),
        ("Example 1:\nInput: x = 'a', k = 2\nOutput: 'b'", [((), {"x": "a", "k": 2}, "b")]),
        ("Input:\nx = 5\nk = 6\nOutput:\n11\n", [((), {"x": 5, "k": 6}, 11)]),
        ("Input: 1\nOutput: 2\n\nInput: 3\nOutput: 4 # twice", [((1,), {}, 2), ((3,), {}, 4)]),
        ("Input: 1, 2, 3\nOutput: 3", []),  # more values than parameters
        ("Input: y = 1\nOutput: 2", []),  # no such parameter
        ("Input: hello\nOutput: olleh", []),
        ("Input: 1\nOutput: 2 apples", []),
        ("Input: 1\nSomething else\nInput: 2\nOutput: 3", [((2,), {}, 3)]),
    ],
)
def test_input_and_output_lines_are_cases_where_they_bind_without_doubt(text, expected):
    assert read(text, ONE) == expected


def test_input_and_output_lines_need_one_public_function_that_returns():
    text = "Input: 1\nOutput: 2"
    assert read(text, CODE) == []
    assert read(text, "def f(x):\n    print(x)") == []
    assert read(text, "def f(*x):\n    return x") == []
    assert read(text, "def f(x):\n    yield x") == []
    assert len(read(text, "def _help(x):\n    return x\n" + ONE + "def main():\n    return 1")) == 1


def test_code_that_does_not_parse_still_names_its_functions():
    assert len(mine_cases("f(1) -> 2", "def f(x)\n    return 2").cases) == 1
    assert len(mine_cases("f(1) -> 2", "def f(x):\n    return (2").cases) == 1


literals = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.binary(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
        | st.sets(st.integers(), max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=100)
@given(st.lists(literals, min_size=1, max_size=3), literals)
def test_an_assert_of_literals_round_trips(args, expected):
    arguments = ", ".join(map(repr, args))
    suite = mine_cases(f"assert f({arguments}) == {expected!r}", "def f(*a):\n    return a")
    (case,) = suite.cases
    assert case.call.args == tuple(args)
    assert case.expected == expected
    assert type(case.expected) is type(expected)


PIECES = [
    "f(",
    ")",
    " -> ",
    "1",
    "'",
    '"',
    ">>> ",
    "\n",
    "assert ",
    "Input: ",
    "Output: ",
    "==",
    "[",
]
PIECES += ["]", "{", "}", "... ", "\x00", "\ud800", "#", "\\", "`", "returns ", ", ", "-", "x = "]
PLAIN = (type(None), bool, int, float, complex, str, bytes)


def is_plain(value: object) -> bool:
    if type(value) in (list, tuple, set, frozenset):
        return all(map(is_plain, value))
    if type(value) is dict:
        return all(map(is_plain, [*value, *value.values()]))
    return type(value) in PLAIN


@settings(max_examples=100)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=60).map("".join)))
def test_no_text_raises_and_every_case_is_plain_data(text):
    for code in (CODE, ONE, text):
        for case in mine_cases(text, code).cases:
            assert is_plain(list(case.call.args))
            assert is_plain(dict(case.call.kwargs))
            assert is_plain(case.expected)


@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_of_anything_is_answered(piece):
    text = piece * (1_000_000 // len(piece))
    mine_cases(text, CODE)
    mine_cases(f"f({text}", ONE)


def test_hostile_literals_are_refused():
    collide = ", ".join(str(n * (2**61 - 1)) for n in range(1, 100))
    for argument in ("9" * 5000, "-" * 50_000 + "1", "[" * 150 + "]" * 150, f"{{{collide}}}"):
        assert mine_cases(f"assert f({argument}) == 1", CODE).cases == ()
