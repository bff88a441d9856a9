# SPDX-License-Identifier: Apache-2.0
"""The forms of a page, as a browser would read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from shanhai.base.forms import LANGUAGE

TYPED = {"text", "date", "number", "email", "tel", "url", "search", "month", "textarea"}


@dataclass
class Input:
    """One control of a page."""

    name: str
    type: str
    value: str
    of: dict[str, str]

    @property
    def typed(self) -> bool:
        return self.type in TYPED


@dataclass
class Sheet:
    """One form of a page: where it goes, and its controls."""

    method: str
    action: str
    inputs: list[Input] = field(default_factory=list)

    @property
    def languages(self) -> bool:
        return any(one.name in {"language", LANGUAGE} for one in self.inputs)

    @property
    def leads(self) -> list[str]:
        """Where its buttons lead."""
        buttons = [one.of.get("formaction", self.action) for one in self.inputs if one.type in {"submit", "button"}]
        return [*dict.fromkeys(buttons)] or [self.action]

    @property
    def values(self) -> dict[str, list[str]]:
        """What a browser would send without a hand laid on."""
        sent: dict[str, list[str]] = {}
        for one in self.inputs:
            # Rows of a list are ticked; a box that stands for itself stays as it is.
            ticked = "checked" in one.of or (one.type == "checkbox" and one.value not in {"", "on"})
            if one.type in {"checkbox", "radio"} and not ticked:
                continue
            if one.name and one.type not in {"submit", "button", "file"}:
                sent.setdefault(one.name, []).append(one.value)
        return sent


class Reader(HTMLParser):
    """The forms of a page, with the ids that stand on it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sheets: list[Sheet] = []
        self.ids: set[str] = set()
        self.language = self.programme = ""
        self._by_id: dict[str, Sheet] = {}
        self._inside: list[Sheet] = []
        self._into: Input | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        if of.get("id"):
            self.ids.add(of["id"])
        if tag == "html":
            self.language = of.get("lang", "")
        if tag == "form":
            sheet = Sheet(of.get("method", "get").lower(), of.get("action", ""))
            self.sheets.append(sheet)
            self._inside.append(sheet)
            self._by_id[of.get("id", "")] = sheet
        owner = self._by_id.get(of["form"]) if of.get("form") else (self._inside or [None])[-1]
        if tag in {"input", "textarea", "select", "button"} and owner is not None:
            kind = of.get("type", "text") if tag == "input" else "submit" if tag == "button" else tag
            one = Input(of.get("name", ""), kind, of.get("value", ""), of)
            owner.inputs.append(one)
            self._into = one if tag in {"textarea", "select"} else None
        if tag == "option" and self._into and ("selected" in of or not self._into.value):
            self._into.value = of.get("value", "")
            if "selected" in of and self._into.name == "programme" and not self.programme:
                self.programme = of.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._into is not None and self._into.type == "textarea":
            self._into.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._inside:
            self._inside.pop()
        if tag in {"textarea", "select"}:
            self._into = None
