# SPDX-License-Identifier: Apache-2.0
"""The wrong results that a first year of real use would have met, each held as a test."""
