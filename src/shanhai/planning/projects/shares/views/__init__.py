# SPDX-License-Identifier: Apache-2.0
"""The pages of the money of lines: its way and what moving it would do, and its vouchers."""
