"""The codec: plain data survives, anything else is refused, hostile bytes only fail."""

import collections
import contextlib
import enum
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.sandbox import Malformed, Unencodable, decode, encode, equal

TAGS = ["int", "float", "complex", "bytes", "str", "tuple", "set", "frozenset", "dict"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text()
    | st.text(st.characters(categories=("Cs",)), max_size=3)
    | st.binary()
)
HASHABLE = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=5)
PLAIN = st.recursive(
    SCALARS | st.frozensets(HASHABLE, max_size=4) | st.sets(HASHABLE, max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(HASHABLE, inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(PLAIN)
def test_plain_data_comes_back_with_its_types(value):
    assert repr(sorted_sets(decode(encode(value)))) == repr(sorted_sets(value))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_decode_or_are_malformed(data):
    with contextlib.suppress(Malformed):
        decode(data)


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["other", *TAGS]),
                inner,
                max_size=2,
            )
        ),
        max_leaves=8,
    )
)
def test_any_json_decodes_or_is_malformed(tree):
    with contextlib.suppress(Malformed):
        decode(json.dumps(tree).encode())


def test_subclasses_are_sent_as_their_plain_base():
    point = collections.namedtuple("point", "x y")
    colour = enum.IntEnum("colour", "RED")
    loud = type("loud", (int,), {"__eq__": lambda self, other: True, "__hash__": int.__hash__})
    assert decode(encode(point(1, 2))) == (1, 2)
    assert decode(encode(collections.Counter("aab"))) == {"a": 2, "b": 1}
    assert decode(encode(colour.RED)) == 1
    assert decode(encode(loud(3))) == 3
    assert type(decode(encode(loud(3)))) is int


def test_numpy_values_are_sent_as_python_values():
    numpy = pytest.importorskip("numpy")
    assert decode(encode({"a": numpy.arange(3), "b": numpy.float64(0.5)})) == {
        "a": [0, 1, 2],
        "b": 0.5,
    }


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (object(), "object"),
        (iter([]), "list_iterator"),
        (10**5000, "int too large"),
        ("x" * 2_000_000, "too large"),
        (["x" * 1000] * 2000, "too large"),
    ],
    ids=["object", "iterator", "int", "text", "list"],
)
def test_what_is_not_plain_or_too_large_is_refused(value, reason):
    with pytest.raises(Unencodable, match=reason):
        encode(value)


def test_deep_cyclic_and_exploding_values_are_refused():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    cycle: list = []
    cycle.append(cycle)
    shared: list = []
    for _ in range(60):
        shared = [shared, shared]
    for value in (deep, cycle, shared):
        with pytest.raises(Unencodable):
            encode(value, max_bytes=50_000)
    while deep:  # taken apart by hand: freeing it recursively is the interpreter's affair
        deep = deep[0]


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b"[" * 200 + b"]" * 200,
        b"NaN",
        b'{"dict":[[1,2],[1,3]]}',
        b'{"dict":[[[],2]]}',
        b'{"set":[1,1]}',
        b'{"set":[{"set":[]}]}',
        b'{"int":"0b1"}',
        b'{"int":"0x' + b"f" * 100_000 + b'"}',
        b'{"float":"1_0"}x',
        b'{"complex":["1"]}',
        b'{"bytes":"0"}',
        b'{"a":1,"b":2}',
        b"1" * 5000,
        b'"' + b"x" * 2_000_000 + b'"',
        '"é"'.encode(),
    ],
)
def test_malformed_messages_are_named_so(data):
    with pytest.raises(Malformed):
        decode(data)


def test_keys_made_to_share_a_hash_are_refused():
    colliding = [{"int": hex(k * ((1 << 61) - 1))} for k in range(1, 2000)]
    with pytest.raises(Malformed, match="colliding"):
        decode(json.dumps({"set": colliding}).encode())


def test_a_decoded_value_is_equal_to_what_was_encoded():
    value = {"a": [1, 2.5, math.nan], ("t", 1): {1, 2}, "z": -0.0}
    assert equal(decode(encode(value)), value)


def sorted_sets(value):
    """The value with its sets as sorted lists, for comparison by repr."""
    kind = type(value)
    if kind in (set, frozenset):
        return (kind.__name__, sorted(map(repr, map(sorted_sets, value))))
    if kind in (list, tuple):
        return kind(map(sorted_sets, value))
    if kind is dict:
        return {sorted_sets(key): sorted_sets(item) for key, item in value.items()}
    return value
