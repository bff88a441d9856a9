# SPDX-License-Identifier: Apache-2.0
"""One project's life: stages and gates, papers, contracts, progress, final accounts."""
