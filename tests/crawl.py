# SPDX-License-Identifier: Apache-2.0
"""Ask every address as everybody: ``python -m tests.crawl [MOST]`` (``make crawl``), on a demo of its own.

The accounts of the demo and a stranger follow the links that any of them meets; every address, and every pattern
of addresses filled with things that exist and one that does not, is asked as each of them. Nothing may end in a server
error, a stranger gets nothing but the way in and what is for everybody, and what somebody does not see is missing for
them in all parts.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from html import unescape
from urllib.parse import urljoin, urlsplit

import django

MOST = 300
# Of one kind: the same page of other things, or filtered otherwise.
OF_A_KIND = 6
STRANGER = ""
NOWHERE = "0190aaaa-0000-7000-8000-000000000000"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# The signs of own codes.
_SIGNS = re.compile(r"\b[0-9A-Z]{13}\b")
_LINK = re.compile(r"""(?:href|hx-get|action)="([^"#][^"]*)\"""")
# What a stranger is for: signing in, by password or otherwise, the language, whether the server lives.
WAY_IN = (
    "/accounts/login/",
    "/accounts/inactive/",
    "/accounts/outside/cancelled/",
    "/accounts/2fa/",
    "/accounts/oidc/",
    "/accounts/password/reset/",
    "/i18n/",
    "/healthz",
)
# What everybody may read: what a scan answers, the reveal, what is well known, alerts.
PUBLIC = (
    "/trace/c/",
    "/trace/problem/",
    "/reveal/",
    "/x/",
    "/01/",
    "/.well-known/",
    "/alerts/",
    "/cap/",
    "/map/field/shell/",
    "/map/field/worker.js",
)
# What no page links to: codes are scanned, programs know the addresses of an API.
UNLINKED = (
    "/.well-known/gs1resolver",
    "/.well-known/shanhai-codes.json",
    "/reveal/",
    "/codes/",
    "/01/09506000134352",
    "/01/09506000134353",
    "/x/box/NOSUCH",
    "/trace/c/NOSUCH/",
    "/epcis/v2",
    "/epcis/v2/events",
    "/epcis/v2/capture",
    "/epcis/v2/epcs",
    "/epcis/v2/queries",
    "/epcis/v2/nothing",
)
# Leaving them would end the crawl for that account.
LEFT_OUT = ("/accounts/logout/", "/static/")


class Crawl:
    """What everybody was answered at every address."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kinds: Counter[str] = Counter()
        self._waiting: list[str] = []
        self.ids: set[str] = set()
        self.answers: dict[str, dict[str, int]] = defaultdict(dict)
        self.clients = dict(_clients())

    def add(self, address: str) -> None:
        """Have an address asked, unless there were enough of its kind."""
        parts = urlsplit(address)
        if parts.netloc or not parts.path.startswith("/") or parts.path.startswith(LEFT_OUT):
            return
        self.ids.update(_UUID.findall(address))
        plain = parts.path + (f"?{parts.query}" if parts.query else "")
        names = sorted(part.partition("=")[0] for part in parts.query.split("&"))
        kind = f"{_SIGNS.sub('…', _UUID.sub('…', parts.path))}?{names}"
        if plain in self.answers or plain in self._waiting or self._kinds[kind] >= OF_A_KIND:
            return
        self._kinds[kind] += 1
        self._waiting.append(plain)

    def follow(self) -> None:
        """Ask what waits, and what is met there, as everybody."""
        while self._waiting and len(self.answers) < self.most:
            address = self._waiting.pop(0)
            for name, client in self.clients.items():
                answer = client.get(address)
                self.answers[address][name] = answer.status_code
                if answer.status_code == 200 and "html" in answer.get("Content-Type", ""):
                    for link in _LINK.findall(answer.content.decode()):
                        self.add(urljoin(address, unescape(link)))
                if answer.streaming:
                    b"".join(answer.streaming_content)
                answer.close()


def faults(answers: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """What nobody may be answered; ``answers`` are the statuses by address and viewer."""
    for address, by_name in answers.items():
        thing = _UUID.search(address)
        whole = f"{address[: thing.end()]}/" if thing else address
        for name, status in by_name.items():
            who = name or "a stranger"
            if status >= 500:
                yield f"{address}: {status} for {who}"
            if name == STRANGER and status < 300 and not address.startswith((*WAY_IN, *PUBLIC)):
                yield f"{address}: {status} for a stranger"
            # 405 tells the method apart, and nothing of what is there.
            if status not in (404, 405) and whole != address and answers.get(whole, {}).get(name) == 404:
                yield f"{address}: {status} for {who}, to whom {whole} is missing"


def _clients() -> Iterator[tuple[str, object]]:
    from django.test import Client  # noqa: PLC0415 - needs the settings

    from shanhai.base.accounts.models import User  # noqa: PLC0415
    from shanhai.operate.demo.accounts import ACCOUNTS  # noqa: PLC0415

    yield STRANGER, Client(raise_request_exception=False, headers={"host": "127.0.0.1"})
    for account in ACCOUNTS:
        client = Client(raise_request_exception=False, headers={"host": "127.0.0.1"})
        user = User.objects.get(username=account.username)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        yield account.username, client


def _of_codes() -> Iterator[str]:
    """Of a code of each kind what a scan asks, in every way, and where it leads."""
    from shanhai.registers.codes.models import Code  # noqa: PLC0415 - needs the settings

    for kind in sorted(set(Code.objects.values_list("kind", flat=True))):
        code = Code.objects.filter(kind=kind).select_related("batch").earliest("pk")
        yield from (
            code.path,
            f"{code.path}?linkType=all",
            f"{code.path}?linkType=gs1:epil",
            f"/codes/{code.batch.uuid}/",
        )
        yield from (f"/codes/{code.batch.uuid}/1.svg", f"/reveal/?code={code.path}")
        yield from (f"/trace/{page}/{code.signs}/" for page in ("c", "problem", "lots"))


def _patterns(patterns: list, prefix: str = "/") -> Iterator[str]:
    """Every pattern of addresses, with the names of what stands in it left as ``<…>``."""
    for one in patterns:
        path = prefix + re.sub(r"[\^$\\]|\(\?P(<\w+>)[^)]*\)", r"\1", str(one.pattern))
        yield from _patterns(one.url_patterns, path) if hasattr(one, "url_patterns") else [path]


def main(most: int) -> int:
    """Crawl, and print what was wrong and how much was asked."""
    folder = tempfile.TemporaryDirectory(prefix="shanhai-crawl-", ignore_cleanup_errors=True)
    os.environ |= {"SHANHAI_DATA_DIR": folder.name, "SHANHAI_DEMO": "1", "SHANHAI_SECRET_KEY": "only-for-a-crawl" * 4}
    os.environ["DJANGO_SETTINGS_MODULE"] = "shanhai.config.settings"
    django.setup()
    logging.disable(logging.ERROR)
    from django.urls import get_resolver  # noqa: PLC0415 - needs the settings

    from shanhai.kernel import clock  # noqa: PLC0415
    from shanhai.operate import serving  # noqa: PLC0415
    from shanhai.operate.demo import load  # noqa: PLC0415

    load.make_tables()
    serving.prepare_static()
    load.load_demo(at=clock.now(), progress=lambda step: None)
    started = time.monotonic()
    crawl = Crawl(most)
    crawl.add("/")
    for address in (*UNLINKED, *_of_codes()):
        crawl.add(address)
    crawl.follow()
    linked = len(crawl.answers)
    known = sorted(crawl.ids)
    plain = {one for one in _patterns(get_resolver().url_patterns) if not set(one) & set("([|")}
    for pattern in sorted(plain):
        for given in (NOWHERE, "zj-ganzi", "2026", *known[:: max(len(known) // 4, 1)]):
            crawl.add(re.sub(r"<[^>]*>", given, pattern))
    crawl.most += most
    crawl.follow()
    found = list(faults(crawl.answers))
    asked = Counter(status for by_name in crawl.answers.values() for status in by_name.values())
    print("\n".join(found))  # noqa: T201
    print(  # noqa: T201
        f"{linked} linked and {len(crawl.answers) - linked} made-up addresses × {len(crawl.clients)} viewers in "
        f"{time.monotonic() - started:.0f} s: {dict(sorted(asked.items()))}, {len(found)} faults"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MOST))
