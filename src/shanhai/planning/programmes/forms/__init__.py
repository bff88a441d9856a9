# SPDX-License-Identifier: Apache-2.0
"""What people type on the pages of programmes, one module per subject."""
