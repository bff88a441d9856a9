"""Evaluation templates as data, self-assessments, appeals, results frozen by period."""
