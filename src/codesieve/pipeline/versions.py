"""Versions of the steps that are no map stage: raised by hand when their output would change.

Map stages carry theirs themselves. A golden test guards them all.
"""

POOL = 1
GROUPS = 1
EMBEDDER = 1
NEIGHBOURS = 1
AUDIT_SAMPLE = 1
DECISION = 1  # rules, verdicts, ledger, training set
