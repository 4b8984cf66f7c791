"""Keep a sample only if it is unlike all kept before: the exact greedy filter and its measures."""

from codesieve.diversity.greedy import DiverseSelection, select
from codesieve.diversity.neighbours import nearest_similarities

__all__ = ["DiverseSelection", "nearest_similarities", "select"]
