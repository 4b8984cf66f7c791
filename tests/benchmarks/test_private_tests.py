"""LiveCodeBench's private tests: the text is found, and nothing in the pickle is ever run."""

import base64
import contextlib
import json
import os
import pickle
import pickletools
import sys
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.benchmarks.records import lcb, write_lines

from codesieve.benchmarks import load
from codesieve.benchmarks.private_tests import decode_private_tests, read_pickled_text
from codesieve.errors import SourceError

CASES = [{"input": "1\n", "output": "é\n", "testtype": "stdin"}, {"input": "", "output": "2"}]


def encoded(pickled: bytes) -> str:
    return base64.b64encode(zlib.compress(pickled)).decode()


class Reduces:
    """Unpickled, it calls os.system."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


class Builds:
    """Unpickled, it sets the state of a module's class."""

    def __reduce__(self):
        return object.__new__, (dict,), {"key": "value"}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_the_text_of_every_protocol_is_the_one_that_pickle_reads(protocol):
    for text in (json.dumps(CASES), json.dumps(CASES, ensure_ascii=False), "x" * 70_000, "\n\\u0"):
        pickled = pickle.dumps(text, protocol)
        assert read_pickled_text(pickled) == pickle.loads(pickled) == text
        assert read_pickled_text(pickletools.optimize(pickled)) == text
    assert decode_private_tests(encoded(pickle.dumps(json.dumps(CASES), protocol))) == CASES


def test_plain_json_and_arrays_are_taken_as_they_are():
    assert decode_private_tests(json.dumps(CASES)) == CASES
    assert decode_private_tests(CASES) == CASES
    assert decode_private_tests("") == decode_private_tests([]) == decode_private_tests("[]") == []


def attacks(marker):
    """Pickles that do something, or hold something else than one text, by name."""
    text = json.dumps(CASES)
    looped = []
    looped.append(looped)
    bomb = ["lol"] * 10
    for _ in range(12):
        bomb = [bomb] * 10
    return {
        "calls os.system": pickle.dumps(Reduces(f"touch {marker}")),
        "calls os.system beside the text": pickle.dumps([text, Reduces(f"touch {marker}")]),
        "a global by name": b"cos\nsystem\n(S'touch %s'\ntR." % str(marker).encode(),
        "a global from the stack": b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.",
        "the text, then a call": b"X\x02\x00\x00\x00[]0cos\nsystem\n(S'true'\ntR.",
        "an instance": b"(ios\nsystem\n.",
        "builds": pickle.dumps(Builds()),
        "a persistent id": b"Pevil\n.",
        "a binary persistent id": b"\x8c\x04evilQ.",
        "an extension code": b"\x82\x01.",
        "a buffer out of band": b"\x80\x05\x97.",
        "a memo bomb": pickle.dumps(bomb),
        "a loop": pickle.dumps(looped),
        "many marks": b"(" * 100_000 + b"t.",
        "bytes": pickle.dumps(text.encode()),
        "a bytearray": pickle.dumps(bytearray(b"[]"), 5),
        "an old string": b"S'[]'\n.",
        "a list": pickle.dumps(CASES),
        "a number": pickle.dumps(7),
        "none": pickle.dumps(None),
        "two texts": pickle.dumps((text, text)),
        "the second of two texts": b"X\x02\x00\x00\x00{}X\x02\x00\x00\x00[].",
        "the text from the memo": b"X\x02\x00\x00\x00[]q\x000h\x00.",
        "trailing bytes": pickle.dumps(text) + b"\x00",
        "a second pickle": pickle.dumps(text) + pickle.dumps(Reduces("true")),
        "no end": pickle.dumps(text)[:-1],
        "a text cut off": pickle.dumps(text)[:-9],
        "a length beyond the end": b"X\xff\xff\xff\x7f[].",
        "a length beyond all memory": b"\x8d" + b"\xff" * 8 + b"[].",
        "no opcode": b"\xff",
        "nothing": b"",
        "the end alone": b".",
    }


@pytest.mark.parametrize("name", attacks("x"))
def test_an_attack_is_refused_and_nothing_runs(tmp_path, name):
    marker = tmp_path / "ran"
    imported = set(sys.modules)
    with pytest.raises(ValueError, match=r".") as caught:
        decode_private_tests(encoded(attacks(marker)[name]))
    assert type(caught.value) in (ValueError, UnicodeDecodeError, json.JSONDecodeError)
    assert not marker.exists()
    assert set(sys.modules) == imported


def test_a_bomb_is_not_blown_up():
    bomb = encoded(pickle.dumps("[" + " " * 5_000_000 + "]"))
    assert len(bomb) < 10_000
    with pytest.raises(ValueError, match="more than 1000000 bytes"):
        decode_private_tests(bomb, limit=1_000_000)
    assert decode_private_tests(bomb) == []


def test_what_follows_the_zlib_stream_is_refused_as_is_a_stream_cut_off():
    packed = zlib.compress(pickle.dumps("[]"))
    for changed in (packed + b"x", packed[:-2], packed + packed, b"", packed[2:]):
        with pytest.raises(ValueError, match="zlib"):
            decode_private_tests(base64.b64encode(changed).decode() or "=")


@pytest.mark.parametrize(
    "value",
    ["not base64!", "é", "{}", 7, {"input": ""}, "[1]", '[{"input": "1"}]', "[" * 100_000, "[" * 3],
)
def test_what_holds_no_cases_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        decode_private_tests(value)
    with pytest.raises(ValueError, match=r"."):
        decode_private_tests(encoded(pickle.dumps(json.dumps(value))))


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=60))
def test_no_bytes_end_in_anything_but_a_text_or_a_value_error(content):
    for pickled in (content, b"\x80\x04" + content + b".", pickle.dumps("[]")[:-1] + content):
        try:
            found = read_pickled_text(pickled)
        except ValueError:
            continue
        with contextlib.suppress(pickle.UnpicklingError, ValueError, IndexError, EOFError):
            assert pickle.loads(pickled) == found


def test_items_have_public_and_private_tests_unless_they_are_not_wanted(tmp_path):
    record = lcb(1, private_test_cases=encoded(pickle.dumps(json.dumps(CASES))))
    name = write_lines(tmp_path / "l.jsonl", record)
    public = json.loads(record["public_test_cases"])
    item = load("l", name, tmp_path).items[0]
    assert json.loads(item.tests) == [*public, *CASES]
    assert load("l", name, tmp_path, private_tests=False).items[0].tests == json.dumps(public)


def test_broken_private_tests_are_one_line_with_item_and_field(tmp_path):
    evil = encoded(pickle.dumps(Reduces("true")))
    name = write_lines(tmp_path / "l.jsonl", lcb(1), lcb(2, private_test_cases=evil))
    with pytest.raises(
        SourceError, match=r"l\.jsonl: item 1: field 'private_test_cases'.*not one text"
    ):
        load("l", name, tmp_path)
    assert len(load("l", name, tmp_path, private_tests=False).items) == 2
