# SPDX-License-Identifier: Apache-2.0
"""Writes: evaluating, and acting on a warning."""
