"""Evaluations: how a programme is judged, as data: templates by version, self-assessment, decision, appeal."""
