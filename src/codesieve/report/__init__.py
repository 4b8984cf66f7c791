"""The report: what an audit found, as one HTML file that a person can judge by."""

from codesieve.report.audit import (
    AuditReport,
    BenchmarkSummary,
    Exhibit,
    by_weight,
    write_audit_report,
)

__all__ = ["AuditReport", "BenchmarkSummary", "Exhibit", "by_weight", "write_audit_report"]
