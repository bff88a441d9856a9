# SPDX-License-Identifier: Apache-2.0
"""``python -m shanhai`` is the console script."""

from shanhai.config.cli import main

main()
