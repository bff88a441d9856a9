# SPDX-License-Identifier: Apache-2.0
"""Where a scan leads: links, linksets, the resolver of GS1."""
