# SPDX-License-Identifier: Apache-2.0
"""Reads: the cases that rules look at, and warnings as a viewer may see them."""
