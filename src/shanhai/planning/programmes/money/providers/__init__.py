# SPDX-License-Identifier: Apache-2.0
"""The figures of funds, and the published ones."""
