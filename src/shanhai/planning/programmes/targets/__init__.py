# SPDX-License-Identifier: Apache-2.0
"""The five-year plan's targets."""
