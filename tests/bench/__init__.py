# SPDX-License-Identifier: Apache-2.0
"""``shanhai bench``: made-up data of a size, measured against the limits, in a database and a folder of its own."""
