# SPDX-License-Identifier: Apache-2.0
"""The news that documents publish through the outbox."""

# {"proof": uuid, "programme": code, "place": code}: a stored file proves a thing.
PROOF_ATTACHED = "documents.proof.attached"
# The same payload: it no longer does.
PROOF_WITHDRAWN = "documents.proof.withdrawn"
