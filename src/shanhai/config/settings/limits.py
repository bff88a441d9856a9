# SPDX-License-Identifier: Apache-2.0
"""Limits on input, each with a documented default (docs/operate/settings.md)."""

from shanhai.config.env import env

UPLOAD_MAX_BYTES = env.int("SHANHAI_UPLOAD_MAX_MB") * 1024 * 1024
UNZIPPED_MAX_BYTES = env.int("SHANHAI_UNZIPPED_MAX_MB") * 1024 * 1024
IMPORT_MAX_ROWS = env.int("SHANHAI_IMPORT_MAX_ROWS")
# A table with more rows is checked and taken in by a job in the background.
IMPORT_JOB_ROWS = env.int("SHANHAI_IMPORT_JOB_ROWS")
# Which adjustments the commander decides and which go back to the original approver (planning/adjustments).
ADJUSTMENT_REAPPROVAL_PERCENT = env.int("SHANHAI_ADJUSTMENT_REAPPROVAL_PERCENT")
ADJUSTMENT_MOVE_PERCENT = env.int("SHANHAI_ADJUSTMENT_MOVE_PERCENT")
ADJUSTMENT_MOVE_YUAN = env.int("SHANHAI_ADJUSTMENT_MOVE_YUAN")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
