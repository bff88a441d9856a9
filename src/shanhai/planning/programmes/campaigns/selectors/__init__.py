# SPDX-License-Identifier: Apache-2.0
"""Campaigns, boards and groups as the viewer may see them."""
