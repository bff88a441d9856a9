# SPDX-License-Identifier: Apache-2.0
"""The words of documents for people."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area
from shanhai.registers.documents.values import Kind

AREA = Area(
    "documents",
    message(gettext_noop("文件")),
    {
        "documents.document.stored": gettext_noop("存入文件"),
        "documents.document.received": gettext_noop("再次收到同一文件"),
        "documents.proof.attached": gettext_noop("附上证明材料"),
        "documents.proof.withdrawn": gettext_noop("撤回证明材料"),
    },
    {
        "document.view": gettext_noop("看材料"),
        "document.upload": gettext_noop("上传材料"),
    },
    fields={
        "size": gettext_noop("大小（字节）"),
    },
    words={"kind": ({kind: kind.upper() for kind in Kind},)},
)
