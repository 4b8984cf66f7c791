"""Test cases that rows bring along."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.quality import Suite, read_tests

CODE = "def f(x, k=0):\n    return x\n"


def read(tests: str, entry_point: str | None = None, code: str = CODE) -> list[tuple]:
    return [(c.call.args, c.expected) for c in read_tests(tests, entry_point, code).cases]


def test_a_check_of_a_candidate_is_read_for_its_entry_point():
    tests = (
        "METADATA = {}\n\ndef check(candidate):\n"
        "    assert candidate(1) == 2\n    assert candidate([3], k=1) == [4], 'why'\n"
        "    assert candidate(x) == 5\n"
    )
    suite = read_tests(tests, "f", CODE)
    assert [(c.call.args, dict(c.call.kwargs), c.expected) for c in suite.cases] == [
        ((1,), {}, 2),
        (([3],), {"k": 1}, [4]),
    ]
    assert (suite.entry_point, suite.requested, suite.unparsed) == ("f", 3, 1)
    assert suite.reasons == (("not literal", 1),)
    assert {case.origin for case in suite.cases} == {"brought"}
    assert suite.origin == "brought"


def test_a_candidate_may_be_a_method():
    tests = "def check(candidate):\n    assert candidate(nums = [2, 7], target = 9) == [0, 1]\n"
    suite = read_tests(tests, "Solution().twoSum", "class Solution: pass")
    assert suite.entry_point == "Solution().twoSum"
    assert dict(suite.cases[0].call.kwargs) == {"nums": [2, 7], "target": 9}


def test_an_instance_kept_in_a_variable_is_followed():
    tests = "s = Solution()\nassert s.f(1) == 2\nassert Solution().f(2) == 3\n"
    code = "class Solution:\n    def f(self, x):\n        return x\n"
    suite = read_tests(tests, None, code)
    assert suite.entry_point == "Solution().f"
    assert [case.call.args for case in suite.cases] == [(1,), (2,)]


@pytest.mark.parametrize("encode", ["\n".join, json.dumps], ids=["text", "JSON"])
def test_a_list_of_asserts_is_read(encode):
    asserts = ["assert f(1) == 2", "assert set(f((3, 4))) == set((4, 5))", "assert f(2) == g(2)"]
    suite = read_tests(encode(asserts), None, CODE)
    assert [case.expected for case in suite.cases] == [2, {4, 5}]
    assert dict(suite.reasons) == {"not literal": 1}


def test_doctest_text_is_read():
    assert read("Some words.\n\n>>> f(1)\n2\n>>> f(2)\n3\n") == [((1,), 2), ((2,), 3)]


def test_pytest_functions_and_unittest_methods_are_read():
    tests = (
        "import pytest, unittest\n"
        "def test_a():\n    assert f(1) == 2\n"
        "def test_b():\n    with pytest.raises(ValueError):\n        f(-1)\n"
        "class T(unittest.TestCase):\n    def test_c(self):\n"
        "        self.assertEqual(f(3), [4])\n        self.assertTrue(f(4))\n"
        "        self.assertFalse(f(5))\n        self.assertIsNone(f(6))\n"
        "        self.assertRaises(KeyError, f, 7)\n"
    )
    suite = read_tests(tests, None, CODE)
    assert [(c.call.args[0], c.expected, c.raises) for c in suite.cases] == [
        (1, 2, None),
        (-1, None, "ValueError"),
        (3, [4], None),
        (4, True, None),
        (5, False, None),
        (6, None, None),
        (7, None, "KeyError"),
    ]


def test_a_missing_function_is_still_what_the_tests_ask_for():
    suite = read_tests("assert wanted(1) == 2\nassert len([1]) == 1", None, CODE)
    assert suite.entry_point == "wanted"
    assert len(suite.cases) == 1


def test_many_cases_are_thinned_evenly():
    tests = "\n".join(f"assert f({n}) == {n}" for n in range(1000))
    suite = read_tests(tests, "f", CODE)
    assert len(suite.cases) == 50
    assert [case.expected for case in suite.cases][:3] == [0, 20, 40]
    assert suite.requested == 1000


def test_the_total_size_of_a_suite_is_bounded():
    tests = "\n".join(f"assert f('{'a' * 15_000}{n}') == {n}" for n in range(20))
    assert sum(len(case.source) for case in read_tests(tests, "f", CODE).cases) <= 200_000


def test_tests_without_a_check_are_an_empty_suite():
    assert read_tests("", "f", CODE) == Suite()
    assert read_tests("print('ok')", "f", CODE) == Suite()
    assert read_tests("assert other(1) == 2", "f", CODE) == Suite()


def test_nothing_of_the_tests_is_executed(tmp_path):
    path = tmp_path / "made"
    tests = f"open({str(path)!r}, 'w')\nassert f(open({str(path)!r}, 'w')) == 1\n"
    read_tests(tests, "f", CODE)
    assert not path.exists()


PIECES = ["assert ", "candidate(", "f(", ")", "==", "1", "\n", "    ", "def check(candidate):", "["]
PIECES += ["]", '"', "'", ">>> ", "\x00", "\ud800", "with pytest.raises(E):", "s = S()", ".f", "#"]


@settings(max_examples=100)
@given(
    st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)),
    st.sampled_from([None, "f", "S().f", "(", "\x00"]),
)
def test_no_text_raises(tests, entry_point):
    suite = read_tests(tests, entry_point, CODE)
    assert len(suite.cases) + suite.unparsed <= suite.requested


@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_of_anything_is_answered(piece):
    read_tests(piece * (1_000_000 // len(piece)), "f", CODE)
