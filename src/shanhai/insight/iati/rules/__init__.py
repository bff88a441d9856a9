# SPDX-License-Identifier: Apache-2.0
"""What is decided over a file of IATI: its structure, its codes, its rules."""
