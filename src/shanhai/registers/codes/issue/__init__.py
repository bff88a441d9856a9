# SPDX-License-Identifier: Apache-2.0
"""Codes given out: batches, sheets, states, signatures."""
