# SPDX-License-Identifier: Apache-2.0
"""The news that projects publish through the outbox."""

# {"programme": code, "document": uuid, "new": n, "changed": n, "posted": n}: a table of projects was taken over.
BATCH_IMPORTED = "projects.batch.imported"
# {"programme": code, "batch": uuid, "deleted": n, "restored": n}: what a table had brought was taken back.
BATCH_UNDONE = "projects.batch.undone"
# {"programme": code, "project": uuid}: a stage, a date, a paper, a contract or money of one project has changed.
PROJECT_CHANGED = "projects.project.changed"
