"""Test leakage: the official Test Leakage Index of XCoder, with evidence (METHOD 1)."""

from codesieve.leakage.evidence import Evidence
from codesieve.leakage.grams import grams
from codesieve.leakage.index import TliIndex, TliScan
from codesieve.leakage.report import LeakageReport, summarise, tli
from codesieve.leakage.top import ItemTop

__all__ = [
    "Evidence",
    "ItemTop",
    "LeakageReport",
    "TliIndex",
    "TliScan",
    "grams",
    "summarise",
    "tli",
]
