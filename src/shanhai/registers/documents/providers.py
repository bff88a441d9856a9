# SPDX-License-Identifier: Apache-2.0
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import IntegrityCheck
from shanhai.registers.documents.selectors.documents import broken_documents

INTEGRITY = IntegrityCheck("documents", message(gettext_noop("文件与其校验值")), broken_documents)
