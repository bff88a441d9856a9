# SPDX-License-Identifier: Apache-2.0
"""Sending returns in, withdrawing them, explaining findings, and keeping the ledger in step with them."""
