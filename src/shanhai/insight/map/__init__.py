# SPDX-License-Identifier: Apache-2.0
"""One map of all that apps offer as layers, and the same for programs."""
