# SPDX-License-Identifier: Apache-2.0
"""What may not be more than what, of lines, projects and plans: the lowest subject, asked by all others."""
