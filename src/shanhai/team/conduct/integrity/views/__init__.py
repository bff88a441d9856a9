# SPDX-License-Identifier: Apache-2.0
"""Pages: one's own, the desk of discipline, a trip, what lies under seal."""
