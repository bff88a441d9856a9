# SPDX-License-Identifier: Apache-2.0
"""Reading adjustments: lists, the page of one, what waits for whom, and whether the project has moved since."""
