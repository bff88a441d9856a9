# SPDX-License-Identifier: Apache-2.0
"""What was found in a document, at the console."""
