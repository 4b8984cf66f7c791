"""Training data of the audit's pair model: leaks made from public exams, rows that leak nothing."""
