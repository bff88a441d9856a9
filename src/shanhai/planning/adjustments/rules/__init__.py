# SPDX-License-Identifier: Apache-2.0
"""Decisions about adjustments: which values may change, who approves, and how the shares are compared."""
