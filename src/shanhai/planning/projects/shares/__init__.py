# SPDX-License-Identifier: Apache-2.0
"""The money of lines, and the two 80 % shares: county table, head-room, flow, arrivals."""
