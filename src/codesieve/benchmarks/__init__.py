"""The exams: benchmark items from their official files, read without importing any of them."""

from codesieve.benchmarks.items import Benchmark, BenchmarkItem
from codesieve.benchmarks.load import load
from codesieve.benchmarks.opening import known_benchmarks, open_benchmark, parse_spec

__all__ = [
    "Benchmark",
    "BenchmarkItem",
    "known_benchmarks",
    "load",
    "open_benchmark",
    "parse_spec",
]
