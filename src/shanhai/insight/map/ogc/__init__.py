# SPDX-License-Identifier: Apache-2.0
"""OGC API Features over the editions of layers."""
