"""The exams: benchmark items from their official files, read without importing any of them."""

from codesieve.benchmarks.items import Benchmark, BenchmarkItem
from codesieve.benchmarks.load import load

__all__ = ["Benchmark", "BenchmarkItem", "load"]
