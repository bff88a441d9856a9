# SPDX-License-Identifier: Apache-2.0
"""Messages of CAP 1.2: written, read, checked, signed."""
