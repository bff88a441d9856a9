# SPDX-License-Identifier: Apache-2.0
"""Chains as data: what a product class says, steps recorded on a phone, permits, lots and their balances."""
