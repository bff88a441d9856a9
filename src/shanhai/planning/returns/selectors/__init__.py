# SPDX-License-Identifier: Apache-2.0
"""Reading returns, stored ones and files."""
