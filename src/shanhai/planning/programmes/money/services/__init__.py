# SPDX-License-Identifier: Apache-2.0
"""Posting along the chain; categories and published figures."""
