# SPDX-License-Identifier: Apache-2.0
"""The map for a phone: light, and without a network."""
