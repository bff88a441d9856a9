# SPDX-License-Identifier: Apache-2.0
"""Layers as files, one for each audience, built anew when their rows have changed."""
