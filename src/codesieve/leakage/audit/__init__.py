"""The audit: leakage that the TLI cannot see, from several views of each pair (METHOD 1)."""

from codesieve.leakage.audit.auditor import (
    FALSE_POSITIVE_RATE,
    Auditor,
    Pair,
    Row,
    mark_textbook,
)
from codesieve.leakage.audit.flags import Flag, Verdict

__all__ = [
    "FALSE_POSITIVE_RATE",
    "Auditor",
    "Flag",
    "Pair",
    "Row",
    "Verdict",
    "mark_textbook",
]
