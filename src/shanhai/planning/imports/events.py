# SPDX-License-Identifier: Apache-2.0
"""The news that imports publish through the outbox."""

# {"programme": code, "document": uuid, "new": n, "changed": n, "posted": n}: a table of projects was taken over.
BATCH_IMPORTED = "imports.batch.imported"
# {"programme": code, "batch": uuid, "deleted": n, "restored": n}: what a table had brought was taken back.
BATCH_UNDONE = "imports.batch.undone"
