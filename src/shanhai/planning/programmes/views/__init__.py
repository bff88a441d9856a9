# SPDX-License-Identifier: Apache-2.0
"""The pages of programmes: what is planned, and what was reported."""
