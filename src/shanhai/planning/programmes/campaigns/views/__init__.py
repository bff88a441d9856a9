# SPDX-License-Identifier: Apache-2.0
"""The pages of campaigns, tasks and groups."""
