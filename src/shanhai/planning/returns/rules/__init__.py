# SPDX-License-Identifier: Apache-2.0
"""Decisions about returns: reading what is stated, checking it, and naming the number most probably wrong."""
