# SPDX-License-Identifier: Apache-2.0
"""Where a code may lead: nowhere that a person could not trust as they trust this site's word."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SIGNS = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")


def leads_safely(href: str) -> bool:
    """Whether a target is https with a host and no name and password before it, or a path of this site.

    >>> [leads_safely(one) for one in ("https://a.cn/b", "/trace/1", "//a.cn/b", "javascript:x", "https://a@b.cn/")]
    [True, True, False, False, False]
    """
    if not _SIGNS.fullmatch(href) or len(href) > 1000:
        return False
    if href.startswith("/"):
        return not href.startswith("//")
    try:
        place = urlsplit(href)
        return place.scheme == "https" and bool(place.hostname) and "@" not in place.netloc
    except ValueError:
        return False
