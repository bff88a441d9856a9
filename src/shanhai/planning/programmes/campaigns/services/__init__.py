# SPDX-License-Identifier: Apache-2.0
"""Every change of a campaign, a task or a group."""
