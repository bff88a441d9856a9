# SPDX-License-Identifier: Apache-2.0
"""Shares, head-room and flow as plain Python."""
