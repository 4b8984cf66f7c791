"""Judging results outside the sandbox."""

import pytest

from codesieve.quality import Suite, TestCase, judge
from codesieve.sandbox import Call, CallResult, Outcome, Status


def case(expected=None, raises=None, **more) -> TestCase:
    return TestCase(Call((1,)), expected, raises, "assert", "f(1)", **more)


def returned(value) -> CallResult:
    return CallResult("returned", value)


@pytest.mark.parametrize(
    ("asked", "result", "passes"),
    [
        (case(2), returned(2), True),
        (case(2), returned(3), False),
        (case([1]), returned((1,)), False),
        (case(0.3), returned(0.1 + 0.2), True),
        (case(None), returned(None), True),
        (case(None), CallResult("lost"), False),
        (case(None), CallResult("unencodable", error="generator"), False),
        (case(2), CallResult("raised", error="ValueError"), False),
        (case(raises="ValueError"), CallResult("raised", error="ValueError"), True),
        (case(raises="ValueError"), CallResult("raised", error="KeyError"), False),
        (case(raises="ValueError"), returned("ValueError"), False),
        (case({1, 2}, view="set"), returned([2, 1, 1]), True),
        (case({1, 2}, view="set"), returned([[1]]), False),  # no set of that
        (case([1, 2], view="sorted"), returned([2, 1]), True),
        (case([1, 2], view="sorted"), returned([2, "a"]), False),
        (case(3, view="len"), returned(5), False),
        (case("1.5", view="str"), returned(1.5), True),
        (case(True, view="bool"), returned([0]), True),
        (case(False, view="bool"), returned([]), True),
        (case(True, view="bool"), CallResult("unencodable", error="Match"), False),
        (case(False, view="bool"), CallResult("unencodable", error="Match"), False),
        (case(0.5, tolerance=0.01), returned(0.505), True),
    ],
)
def test_a_result_is_compared_as_the_case_asks(asked, result, passes):
    suite = Suite((asked,), "f", 1)
    outcome = Outcome("j", Status.RAN, (result,), None, "L3", 0.0, 0.0)
    assert judge(outcome, suite) == (passes,)


def test_missing_results_fail_and_surplus_results_are_ignored():
    suite = Suite((case(1), case(2)), "f", 2)
    few = Outcome("j", Status.RAN, (returned(1),), None, "L3", 0.0, 0.0)
    many = Outcome("j", Status.RAN, (returned(1), returned(2), returned(3)), None, "L3", 0.0, 0.0)
    assert judge(few, suite) == (True, False)
    assert judge(many, suite) == (True, True)
