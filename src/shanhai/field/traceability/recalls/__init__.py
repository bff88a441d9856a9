# SPDX-License-Identifier: Apache-2.0
"""Trees of a lot both ways, recalls, holds, drills."""
