"""Tests of benchmarks that keep them in several fields, as one text."""

import json
from collections.abc import Mapping
from typing import Any

from codesieve.benchmarks.private_tests import decode_private_tests

PUBLIC, PRIVATE = "public_test_cases", "private_test_cases"


def livecodebench(record: Mapping[str, Any]) -> str | None:
    """A JSON array of cases: the public ones and, where the record holds any, the private ones.

    Raises:
        ValueError: a field holds no test cases.
    """
    public = record.get(PUBLIC)
    if isinstance(public, str) and not record.get(PRIVATE):
        return public or None
    cases = []
    for name in (PUBLIC, PRIVATE):
        try:
            cases += decode_private_tests(record.get(name) or [])
        except ValueError as error:
            raise ValueError(f"field {name!r}: {error}") from error
    return json.dumps(cases) if cases else None


def evalplus(record: Mapping[str, Any]) -> str:
    """A JSON object of EvalPlus' fields: asserts, inputs of both sets, tolerance, contract."""
    names = ("assertion", "base_input", "plus_input", "atol", "contract")
    return json.dumps({name: record[name] for name in names if name in record})


def cruxeval(record: Mapping[str, Any]) -> str:
    """The assertion that both of its tasks complete."""
    return f"assert f({record['input']}) == {record['output']}"
