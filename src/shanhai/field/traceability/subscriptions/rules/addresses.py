# SPDX-License-Identifier: Apache-2.0
"""Where letters to subscribers may go: out to the world by TLS, and inside only where a setting allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

_LONGEST = 1000
# What is behind an address of these is an address of IPv4.
_GIVEN_OUT = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a letter goes, taken apart."""

    secure: bool
    host: str
    port: int
    path: str


def target_of(dest: str) -> Target:
    """The target of an address: https, or http on this machine. Raises BadInput."""
    try:
        parts = urlsplit(dest)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode() if ":" not in (parts.hostname or "") else parts.hostname
    except (ValueError, UnicodeError):
        parts, port, host = urlsplit(""), None, ""
    plain = dest.isascii() and dest.isprintable() and " " not in dest
    if parts.scheme not in ("https", "http") or not host or not plain or len(dest) > _LONGEST or port == 0:
        text = gettext_noop("dest 应是 https:// 开头的完整网址，不超过 %(most)s 个字符，这里是“%(dest)s”。")
        raise BadInput(text, "traceability.epcis_dest", field="dest", dest=dest[:100], most=_LONGEST)
    if parts.username is not None or parts.fragment:
        text = gettext_noop("dest 里不能有用户名、密码和 # 之后的部分。要认出我们，请用 signatureToken。")
        raise BadInput(text, "traceability.epcis_dest", field="dest")
    if parts.scheme == "http" and not _is_this_machine(host):
        text = gettext_noop("dest 要用 https；http 只能发到本机。请改成 https:// 开头。")
        raise BadInput(text, "traceability.epcis_dest", field="dest")
    query = f"?{parts.query}" if parts.query else ""
    return Target(
        parts.scheme == "https", host, port or (443 if parts.scheme == "https" else 80), f"{parts.path or '/'}{query}"
    )


def may_go_to(address: str, networks: Sequence[str]) -> bool:
    """Whether letters may go to an address of the network: one of the world, or of the ``networks`` of a setting."""
    found = _behind(ip_address(address.partition("%")[0]))
    if any(found in ip_network(one, strict=False) for one in networks):
        return True
    # Of version 6 only what is given out to the world: some old kinds of inside are called global, too.
    given_out = isinstance(found, IPv4Address) or found in _GIVEN_OUT
    return given_out and found.is_global and not found.is_multicast


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _behind(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)
