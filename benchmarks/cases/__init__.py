"""Builders of the audit's test cases, one module a family; audit_cases.py writes them."""
