# SPDX-License-Identifier: Apache-2.0
"""Taking a table over, and undoing it."""
