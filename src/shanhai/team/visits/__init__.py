# SPDX-License-Identifier: Apache-2.0
"""Delegations between the two sides, and the standing meetings of their cooperation."""
