# SPDX-License-Identifier: Apache-2.0
"""The covered code under a label: its first reveal, and what looks like a copy."""
