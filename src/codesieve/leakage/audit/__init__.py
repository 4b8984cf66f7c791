"""The audit: leakage that the TLI cannot see, from several views of each pair (METHOD 1)."""

from codesieve.leakage.audit.flags import Flag, Verdict

__all__ = ["Flag", "Verdict"]
