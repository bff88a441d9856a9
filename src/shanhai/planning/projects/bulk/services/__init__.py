# SPDX-License-Identifier: Apache-2.0
"""Taking over what a table states, and taking that back."""
