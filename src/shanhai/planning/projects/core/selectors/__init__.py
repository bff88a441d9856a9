# SPDX-License-Identifier: Apache-2.0
"""Projects and lines as the viewer may see them."""
