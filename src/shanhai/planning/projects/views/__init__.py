# SPDX-License-Identifier: Apache-2.0
"""Pages of projects: the list, one project, its life."""
