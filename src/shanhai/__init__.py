# SPDX-License-Identifier: Apache-2.0
"""Shanhai (山海): runs a counterpart-support programme (对口支援)."""

__version__ = "0.1.0"
