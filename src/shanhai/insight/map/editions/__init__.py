# SPDX-License-Identifier: Apache-2.0
"""Layers as files, one for each readership, built anew when their rows have changed."""
