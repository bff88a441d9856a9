# SPDX-License-Identifier: Apache-2.0
"""Writes: delegations, their stops, people and costs; agreements; meetings."""
