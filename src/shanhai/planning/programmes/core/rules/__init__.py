# SPDX-License-Identifier: Apache-2.0
"""What may be typed, and how a figure is printed."""
