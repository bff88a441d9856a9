# SPDX-License-Identifier: Apache-2.0
"""Recording, correcting and revising projects and lines."""
