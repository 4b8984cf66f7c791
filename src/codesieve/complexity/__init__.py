"""How complex an instruction is: scorers behind one protocol, their training and validity."""

from codesieve.complexity.baselines import LengthScorer, RandomScorer
from codesieve.complexity.hashed import HashedScorer
from codesieve.complexity.scores import (
    ComplexityScorer,
    Scores,
    TurnAggregation,
    aggregate,
    score_turns,
)
from codesieve.complexity.training import Training, train, train_from_file
from codesieve.complexity.validity import Interval, Validity, validate

__all__ = [
    "ComplexityScorer",
    "HashedScorer",
    "Interval",
    "LengthScorer",
    "RandomScorer",
    "Scores",
    "Training",
    "TurnAggregation",
    "Validity",
    "aggregate",
    "score_turns",
    "train",
    "train_from_file",
    "validate",
]
