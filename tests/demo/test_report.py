"""The report: each rule is met by what it asks for, and by nothing less."""

from pathlib import Path

import pytest

from codesieve.demo.planted import Planted, Rule, Trouble
from codesieve.demo.report import met

A, B, C = "one/one.jsonl#0", "one/one.jsonl#1", "two/two.csv#0"


def judge(rule, rows, statuses, quality=None, quarantine=None, reason=None, traces=()):
    trouble = Trouble("a trouble", rule, tuple(rows), "what it is", reason)
    planted = Planted((), (trouble,), ())
    ledger = {row: (status, "") for row, status in statuses.items()}
    return met(planted, ledger, quality or {}, quarantine or {}, traces)[0]


@pytest.mark.parametrize(
    ("rule", "statuses", "ok"),
    [
        (Rule.ONE_KEPT, ("selected", "duplicate", "duplicate"), True),
        (Rule.ONE_KEPT, ("duplicate", "not_reached", "duplicate"), True),
        (Rule.ONE_KEPT, ("selected", "selected", "duplicate"), False),
        (Rule.ONE_KEPT, ("duplicate", "duplicate", "duplicate"), False),
        (Rule.LEAKED, ("leaked", "leaked", "leaked"), True),
        (Rule.LEAKED, ("leaked", "selected", "leaked"), False),
        (Rule.FIRST_IS_BEST, ("not_reached", "worse_in_group", "worse_in_group"), True),
        (Rule.FIRST_IS_BEST, ("worse_in_group", "selected", "worse_in_group"), False),
        (Rule.FIRST_IS_BEST, ("selected", "worse_in_group", "not_reached"), False),
        (Rule.NOT_ALL_SELECTED, ("selected", "too_similar", "selected"), True),
        (Rule.NOT_ALL_SELECTED, ("selected", "selected", "selected"), False),
        (Rule.IN_THE_POOL, ("selected", "not_reached", "over_budget"), True),
    ],
)
def test_a_rule_about_the_ledger(rule, statuses, ok):
    assert judge(rule, (A, B, C), dict(zip((A, B, C), statuses, strict=True))).ok is ok


@pytest.mark.parametrize("rule", list(Rule))
def test_a_row_that_is_nowhere_meets_no_rule(rule):
    one = judge(rule, (A, B), {}, reason="broken_json")
    assert not one.ok
    assert one.happened


@pytest.mark.parametrize(
    ("status", "score", "fails", "blocked"),
    [
        ("tested", 0.0, True, True),
        ("tested", 0.5, True, False),
        ("tested", 1.0, False, False),
        ("run_error", 0.25, False, True),
        ("timeout", 0.25, False, True),
        ("ran", 0.5, False, False),
    ],
)
def test_wrong_answers_are_tested_and_attacks_get_nothing(status, score, fails, blocked):
    quality = {A: (status, score)}
    ledger = {A: "not_reached"}
    assert judge(Rule.FAILS_ITS_TESTS, (A,), ledger, quality).ok is fails
    assert judge(Rule.NOTHING_PASSES, (A,), ledger, quality).ok is blocked


@pytest.mark.parametrize("rule", [Rule.FIRST_IS_BEST, Rule.FAILS_ITS_TESTS, Rule.NOTHING_PASSES])
def test_where_nothing_is_executed_these_are_not_judged(rule):
    ledger, quality = {A: "selected", B: "not_reached"}, {A: ("not_executed", None)}
    one = judge(rule, (A, B), ledger, quality)
    assert one.ok and not one.judged
    assert "not executed" in one.happened


def test_an_attack_that_left_a_file_on_the_host_got_through():
    one = judge(
        Rule.NOTHING_PASSES,
        (A,),
        {A: "not_reached"},
        {A: ("tested", 0.0)},
        traces=[Path("/tmp/trace")],
    )
    assert not one.ok
    assert "/tmp/trace" in one.happened


@pytest.mark.parametrize(
    ("quarantine", "ledger", "ok"),
    [
        ({A: "broken_json"}, {}, True),
        ({A: "wrong_type"}, {}, False),
        ({A: "broken_json"}, {A: "selected"}, False),
        ({}, {A: "selected"}, False),
    ],
)
def test_a_broken_record_is_in_quarantine_with_its_own_reason(quarantine, ledger, ok):
    one = judge(Rule.QUARANTINED, (A,), ledger, None, quarantine, reason="broken_json")
    assert one.ok is ok
    assert one.expected == "quarantined: broken_json"


@pytest.mark.parametrize(
    ("quarantine", "ledger", "ok"),
    [
        ({B: "truncated_archive"}, {A: "selected"}, True),
        ({B: "truncated_archive"}, {}, False),
        ({}, {A: "selected"}, False),
        ({B: "broken_json"}, {A: "selected"}, False),
        ({C: "truncated_archive"}, {A: "selected"}, False),
    ],
)
def test_a_cut_archive_keeps_its_whole_rows_and_refuses_the_rest(quarantine, ledger, ok):
    one = judge(Rule.REFUSED_IN_FILE, (A,), ledger, None, quarantine, reason="truncated_archive")
    assert one.ok is ok


def test_planted_survives_its_file(tmp_path):
    trouble = Trouble("a trouble", Rule.QUARANTINED, (A,), "what", "wrong_type")
    planted = Planted((), (trouble,), (Path("/tmp/x"),))
    planted.write(tmp_path / "planted.json")
    assert Planted.read(tmp_path / "planted.json") == planted
