# SPDX-License-Identifier: Apache-2.0
"""Products as data: steps, lots, permits, animals, the pages on which a party records."""
