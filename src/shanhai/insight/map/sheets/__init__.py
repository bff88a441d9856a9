# SPDX-License-Identifier: Apache-2.0
"""The map on paper: a sheet of A4 or A3, true to its scale, with the numbers of the other pages beside it."""
