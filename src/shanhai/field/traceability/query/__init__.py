# SPDX-License-Identifier: Apache-2.0
"""The way out: the query language of EPCIS 2.0, its collections, pages, named queries."""
