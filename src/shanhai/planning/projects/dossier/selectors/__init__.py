# SPDX-License-Identifier: Apache-2.0
"""One project with everything that is known of it."""
