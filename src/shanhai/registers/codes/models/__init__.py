# SPDX-License-Identifier: Apache-2.0
"""All models of the app, by what they are about."""

from shanhai.registers.codes.models.batches import Code, CodeBatch, CodeMove, CodeTransfer

__all__ = ["Code", "CodeBatch", "CodeMove", "CodeTransfer"]
