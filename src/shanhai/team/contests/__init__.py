# SPDX-License-Identifier: Apache-2.0
"""Contests between work groups, self-inspections, honours."""
