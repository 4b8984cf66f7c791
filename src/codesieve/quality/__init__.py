"""Is a response right? Test cases as data, execution in the sandbox, verdicts outside it."""

from codesieve.quality.assess import Runner, assess, suite_of
from codesieve.quality.brought import read_tests
from codesieve.quality.cases import Suite, TestCase, judge
from codesieve.quality.evidence import Evidence, EvidenceStatus
from codesieve.quality.mining import mine_cases
from codesieve.quality.store import ExecutionStore

__all__ = [
    "Evidence",
    "EvidenceStatus",
    "ExecutionStore",
    "Runner",
    "Suite",
    "TestCase",
    "assess",
    "judge",
    "mine_cases",
    "read_tests",
    "suite_of",
]
