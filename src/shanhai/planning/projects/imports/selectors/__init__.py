# SPDX-License-Identifier: Apache-2.0
"""What a table would change, and the batches there are."""
