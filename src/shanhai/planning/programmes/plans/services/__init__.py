# SPDX-License-Identifier: Apache-2.0
"""Making, issuing, closing and increasing a plan."""
