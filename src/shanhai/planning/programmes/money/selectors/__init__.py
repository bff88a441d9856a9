# SPDX-License-Identifier: Apache-2.0
"""What stands at each station, and what it is counted by."""
