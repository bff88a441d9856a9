# SPDX-License-Identifier: Apache-2.0
"""Many projects at once: list, board, time-line, counties."""
