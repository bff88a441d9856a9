# SPDX-License-Identifier: Apache-2.0
"""Projects and their lines: recorded, corrected, revised, found."""
