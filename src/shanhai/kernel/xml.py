# SPDX-License-Identifier: Apache-2.0
"""XML from outside, opened so that it can do no harm: no entities, no network, no document type, of bounded depth."""

from __future__ import annotations

from array import array
from typing import Any
from xml.parsers import expat

from lxml import etree

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

# An element of lxml, which says nothing of its types.
Element = Any
# libxml2 keeps the line of an element in sixteen bits.
_MOST_LINES = 65_535

_UNREADABLE = gettext_noop("文件读不懂：第 %(line)s 行有错误（%(reason)s）。请用能检查格式的软件改正后再试。")
_NO_XML = gettext_noop("文件读不懂：不是 XML。请向发布方要 .xml 文件；压缩包要先解开。")
_ENCODED = gettext_noop(
    "文件读不懂：第 %(line)s 行起，文字和开头写明的 encoding 不符，或者不认得这种编码。请另存为 UTF-8 再试。"
)
_CUT_OFF = gettext_noop("文件读不懂：到第 %(line)s 行就断了，还有标签没有结尾。请重新下载或者导出后再试。")
_ENTITY = gettext_noop("文件读不懂：第 %(line)s 行用了没有定义的实体（%(reason)s）。请直接写那个字符。")
_TOO_MUCH = gettext_noop("文件读不懂：第 %(line)s 行嵌套太深，或者一处太长。请核对那里是不是写错了。")
_SPACE = gettext_noop("文件读不懂：第 %(line)s 行用了没有声明的前缀（%(reason)s）。请补上 xmlns 声明，或者删去前缀。")
# What libxml2 says, by its codes, for people; lxml has no name for this one.
_RESOURCE_LIMIT = 114
_SAID = {
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY: _NO_XML,
    etree.ErrorTypes.ERR_DOCUMENT_START: _NO_XML,
    etree.ErrorTypes.ERR_INVALID_ENCODING: _ENCODED,
    etree.ErrorTypes.ERR_UNKNOWN_ENCODING: _ENCODED,
    etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING: _ENCODED,
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED: _CUT_OFF,
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: _ENTITY,
    etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE: _SPACE,
    _RESOURCE_LIMIT: _TOO_MUCH,
}


def parse(content: bytes) -> Element:
    """The root of well-formed XML without a document type. Raises BadInput naming the line."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        text = _SAID.get(error.code, _UNREADABLE)
        reason = (error.msg or "").partition(", line ")[0].strip()
        raise BadInput(text, "xml.unreadable", field="file", line=str(error.lineno or 1), reason=reason) from error
    if root.getroottree().docinfo.internalDTD is not None:
        text = gettext_noop("文件里有 DOCTYPE 声明。为了安全，这样的文件不读；请删去这一段再试。")
        raise BadInput(text, "xml.doctype", field="file")
    return root


def lines_of(content: bytes, root: Element, wanted: set[Element]) -> dict[Element, int]:
    """The line of the start tag of each element; beyond line 65,534 counted anew, as libxml2 does not keep them."""
    lines = {element: element.sourceline for element in wanted}
    if all(line < _MOST_LINES for line in lines.values()):
        return lines
    starts = array("L")
    reader = expat.ParserCreate("utf-8")
    reader.StartElementHandler = lambda name, attributes: starts.append(reader.CurrentLineNumber)
    try:
        text = content.decode(root.getroottree().docinfo.encoding or "utf-8")
        reader.Parse(text.removeprefix("\ufeff").encode("utf-8"), True)
    except (LookupError, UnicodeError, expat.ExpatError):
        # The one reader knows names and encodings that the other does not; no line is better than a wrong one.
        return {element: line if line < _MOST_LINES else 0 for element, line in lines.items()}
    return {element: starts[place] for place, element in enumerate(root.iter("*")) if element in wanted}
