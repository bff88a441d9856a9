# SPDX-License-Identifier: Apache-2.0
"""Every change in a project's life."""
