# SPDX-License-Identifier: Apache-2.0
"""Self-inspections and mutual checks: questions, answers, findings that somebody else closes."""
