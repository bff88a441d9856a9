# SPDX-License-Identifier: Apache-2.0
"""Many projects and lines at once, as a table states them: compared, taken over, taken back, by plain rows."""
