# SPDX-License-Identifier: Apache-2.0
"""Yearly plans, from draft to closed."""
