# SPDX-License-Identifier: Apache-2.0
"""The living style page, /style: every component in every state. An app of a checkout, no part of what is installed."""
