# SPDX-License-Identifier: Apache-2.0
"""How scores, totals and places are made; the criteria that come with the product."""
