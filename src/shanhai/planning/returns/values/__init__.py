# SPDX-License-Identifier: Apache-2.0
"""What a return is made of, what a check says about it, and what its page shows."""
