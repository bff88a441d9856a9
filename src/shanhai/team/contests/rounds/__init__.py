# SPDX-License-Identifier: Apache-2.0
"""Rounds of a contest: criteria, teams, judges, votes, appeals, the table that is frozen."""
