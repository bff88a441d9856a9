# SPDX-License-Identifier: Apache-2.0
"""Health under seal: the four lists and the monthly table, filled in by people, read by them and the health keeper."""
