# SPDX-License-Identifier: Apache-2.0
"""The months in which every work group reports on its tasks, and the office accepts or returns what it said."""
