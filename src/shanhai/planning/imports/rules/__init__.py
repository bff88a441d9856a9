# SPDX-License-Identifier: Apache-2.0
"""Reading a table of projects as plain Python."""
