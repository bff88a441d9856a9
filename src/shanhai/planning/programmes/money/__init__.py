# SPDX-License-Identifier: Apache-2.0
"""The chain of the money, its categories, and the figures that are told of it."""
