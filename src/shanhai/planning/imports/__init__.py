# SPDX-License-Identifier: Apache-2.0
"""Tables of projects in and out."""
