# SPDX-License-Identifier: Apache-2.0
"""Writes: criteria, rounds and their way, votes, evidence, appeals."""
