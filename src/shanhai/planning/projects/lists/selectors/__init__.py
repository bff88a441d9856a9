# SPDX-License-Identifier: Apache-2.0
"""Projects filtered, ordered, grouped."""
