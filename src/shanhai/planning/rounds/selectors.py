# SPDX-License-Identifier: Apache-2.0
"""Reads: they take the viewer."""
