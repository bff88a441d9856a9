# SPDX-License-Identifier: Apache-2.0
"""The page of a source, where its claims are decided, and the dictionary of indicators."""
