"""Equality of plain values."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.sandbox import equal

NAN, INF = float("nan"), float("inf")


class Always:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash(1)


EXACT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=2) | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(EXACT, EXACT)
def test_without_floats_it_is_pythons_equality(left, right):
    assert equal(left, right) == (left == right)
    assert equal(left, left)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (0.1 + 0.2, 0.3),
        (1, 1.0),
        (True, 1),
        (NAN, NAN),
        (INF, INF),
        (1e20 + 1e10, 1e20),
        ([1, (2.0000001, "a")], [1, (2.0, "a")]),
        ({"a": [1.0]}, {"a": [1]}),
        ({1, 2}, frozenset({1, 2})),
        ({(1, "a")}, {(1, "a")}),
        (1 + 1e-9j, 1 + 0j),
    ],
)
def test_equal(actual, expected):
    assert equal(actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ([1], (1,)),
        ("a", b"a"),
        (None, 0),
        ("1", 1),
        (2.0000001, 2),
        (0.30001, 0.3),
        (INF, 1.0),
        (1.0, INF),
        (NAN, 1.0),
        (1.0, NAN),
        (-INF, INF),
        (10**400, 1.0),
        ([1, 2], [1]),
        ({"a": 1}, {"b": 1}),
        ({1: 2}, {1: 3}),
        (Always(), 1),
        ([Always()], [1]),
        ({Always()}, {1}),
        ({Always(): 1}, {1: 1}),
        (True, 1.0000001),
    ],
)
def test_not_equal(actual, expected):
    assert not equal(actual, expected)


def test_depth_is_no_obstacle():
    left, right = [1], [1]
    for _ in range(50_000):
        left, right = [left], [right]
    assert equal(left, right)
    while isinstance(left, list):
        left, right = left[0], right[0]
