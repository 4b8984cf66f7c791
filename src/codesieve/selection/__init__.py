"""One ranking out of several scores: normalise, fill in the unknown, combine, order."""

from codesieve.selection.combine import combine, fill_unknown, ranking
from codesieve.selection.normalise import Normalised, normalise

__all__ = ["Normalised", "combine", "fill_unknown", "normalise", "ranking"]
