# SPDX-License-Identifier: Apache-2.0
"""A file of IATI, opened so that it can do no harm, of bounded size."""

from __future__ import annotations

from lxml import etree

from shanhai.insight.iati.rules.schema import ROOTS, shown
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.xml import Element, parse

VERSION = "2.03"


def read(content: bytes, *, most_bytes: int) -> Element:
    """The root of a file of IATI 2.0x. Raises BadInput for what is too large, no XML, hostile, or another standard."""
    if len(content) > most_bytes:
        text = gettext_noop("文件超过 %(most)s MB。请按年份或者按项目分成几个文件。")
        raise BadInput(text, "iati.too_large", field="file", most=str(most_bytes // 2**20))
    if not content.strip():
        raise BadInput(gettext_noop("文件是空的。请重新导出后再试。"), "iati.empty", field="file")
    root = parse(content)
    if shown(root.tag) in ROOTS and root.tag not in ROOTS:
        text = gettext_noop("最外层的“%(name)s”写在命名空间“%(space)s”里，而 IATI 不用命名空间。请删去 xmlns。")
        space = etree.QName(root).namespace or ""
        raise BadInput(text, "iati.not_iati", field="file", name=shown(root.tag), space=space[:60])
    if root.tag not in ROOTS:
        text = gettext_noop("最外层是“%(name)s”，不是 iati-activities 或 iati-organisations。这不是国际援助数据文件。")
        raise BadInput(text, "iati.not_iati", field="file", name=shown(root.tag)[:60])
    version = root.get("version", "")
    if version.startswith("1."):
        text = gettext_noop("文件是 %(version)s 版，这里只认 2.03 版。请向发布方要 2.03 版的文件。")
        raise BadInput(text, "iati.old_version", field="file", version=version[:20])
    return root
