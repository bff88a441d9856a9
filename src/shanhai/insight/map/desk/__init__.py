# SPDX-License-Identifier: Apache-2.0
"""The map that people open: counties shaded by a figure, layers on them, cards, a county on a page of its own."""
