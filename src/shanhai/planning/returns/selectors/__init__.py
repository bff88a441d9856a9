# SPDX-License-Identifier: Apache-2.0
"""Reading returns: single ones and lists, the page of one, and the newest line of every county."""
