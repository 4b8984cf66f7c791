"""codesieve: a small, defensible training set out of a heap of code-instruction data."""

__version__ = "0.1.0"
