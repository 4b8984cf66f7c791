"""Replies written by hostile code: whatever they hold, an outcome comes out and nothing is won."""

import json
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.sandbox import Call, Job, Status
from codesieve.sandbox.report import Reply, clean, read_outcome

JOB = Job("j", "", entry_point="f", calls=(Call(), Call()))
LOCKED, LOADED = ["locked"], ["load", "ran", None]
ONE, TWO = ["call", 0, "returned", 1], ["call", 1, "returned", 2]
END = ["end"]


def frames(*parts) -> bytes:
    bodies = [json.dumps(part).encode() for part in parts]
    return b"".join(struct.pack("<I", len(body)) + body for body in bodies)


def outcome(*parts, ended="closed", code=0, tail=b""):
    return read_outcome(JOB, Reply(ended, code, 0.0, 0.0, frames(*parts) + tail), "L3")


def kinds(result) -> list[str]:
    return [r.kind for r in result.results]


def test_a_complete_report_is_read():
    result = outcome(LOCKED, LOADED, ONE, TWO, END)
    assert result.status == Status.RAN
    assert [r.value for r in result.results] == [1, 2]


def test_calls_out_of_turn_or_repeated_end_the_reading():
    assert kinds(outcome(LOCKED, LOADED, TWO, ONE, END)) == ["lost", "lost"]
    assert kinds(outcome(LOCKED, LOADED, ONE, ONE, END)) == ["returned", "lost"]
    assert kinds(outcome(LOCKED, LOADED, ["call", False, "returned", 1])) == ["lost", "lost"]
    assert kinds(outcome(LOCKED, LOADED, ["call", 0, "lost", "x"])) == ["lost", "lost"]


def test_no_more_results_than_calls_are_taken():
    result = outcome(LOCKED, LOADED, ONE, TWO, ["call", 2, "returned", 3], END)
    assert len(result.results) == 2
    assert result.status == Status.DIED


def test_a_job_cannot_claim_a_status_that_is_ours_to_give():
    for claim in ("timeout", "harness_error", "not_executed", "died", "nonsense"):
        assert outcome(LOCKED, ["load", claim, "x"]).status == Status.DIED


def test_a_child_that_was_not_locked_in_is_our_error():
    assert outcome(LOADED, ONE, TWO, END).status == Status.HARNESS_ERROR
    assert outcome().status == Status.HARNESS_ERROR


def test_results_before_a_timeout_are_kept():
    result = outcome(LOCKED, LOADED, ONE, ended="timeout", tail=b"\xff\xff")
    assert (result.status, kinds(result)) == (Status.TIMEOUT, ["returned", "lost"])


def test_details_are_one_clean_line():
    dirty = "bad \ud800 <A at 0x7f00ff> in /root/.pyenv/lib\n\x1b[31m" + "y" * 500
    text = clean(dirty)
    assert text.startswith("bad ? <A at 0x> in PATH [31myyy")
    assert len(text) == 200
    text.encode()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=120), st.sampled_from(["closed", "timeout", "output_limit"]))
def test_any_bytes_give_an_outcome(data, ended):
    for prefix in (b"", frames(LOCKED), frames(LOCKED, LOADED)):
        result = read_outcome(JOB, Reply(ended, -9, 0.0, 0.0, prefix + data), "L3")
        assert kinds(result) == ["lost", "lost"]


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=2)
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(JSON | st.just(ONE) | st.just(TWO) | st.just(END), max_size=4))
def test_any_frames_give_an_outcome_of_the_right_size(parts):
    result = outcome(LOCKED, LOADED, *parts)
    assert len(result.results) == 2
    assert (result.status == Status.RAN) == (parts[:3] == [ONE, TWO, END])
