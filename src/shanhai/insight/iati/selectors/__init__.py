# SPDX-License-Identifier: Apache-2.0
"""What is read of IATI: the verdict on a file, a programme as a file, the files taken in."""
