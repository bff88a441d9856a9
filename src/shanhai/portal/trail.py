# SPDX-License-Identifier: Apache-2.0
"""The trail as people read it: a sentence an act, with who, what and to which thing, and what it changed in words.

Things are looked up together, one query for each kind that is named; what the reader may not see stays nameless.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from shanhai.base import formats
from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.values import USER_REF
from shanhai.field.sensors.values import TOKEN, TOKEN_REF
from shanhai.kernel.actors import Actor
from shanhai.kernel.figures import Source
from shanhai.kernel.money import Money
from shanhai.kernel.registry import registries

if TYPE_CHECKING:
    from shanhai.base.audit.models import AuditRow

# What proves a row to a machine or names a thing to it, and what every row of ours says alike.
UNSHOWN = frozenset({"digest", "sha256", "currency", "grant", "key", "subject"})
# Facts that are lists by nature; of any other field a list of two is what it was and what it is.
LISTS = frozenset({"codes", "programmes", "helpers", "missing", "source", "bands", "fields", "sums"})
# Amounts in fen whose name does not say so.
FEN = frozenset({"amounts"})
PARTS = 8


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a field; a plain fact has no ``before``."""

    name: str
    now: str
    before: str | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.now if self.before is None else f'{self.before} → {self.now}'}"


@dataclass(frozen=True, slots=True)
class TrailLine:
    """An act in words, with its row."""

    row: AuditRow
    who: str
    what: str
    about: Source | None
    changes: tuple[Change, ...]

    @property
    def said(self) -> SafeString:
        """Who did what to which thing: one sentence, the person and the thing as links."""
        who = format_html('<a href="?{}">{}</a>', urlencode({"who": self.row.actor}), self.who)
        what = format_html("<strong>{}</strong>", self.what)
        if self.about is None:
            return format_html(gettext("{who} {what}"), who=who, what=what)
        about = (
            format_html('<a href="{}">{}</a>', self.about.url, self.about.label) if self.about.url else self.about.label
        )
        return format_html(gettext("{who} {what}：{about}"), who=who, what=what, about=about)


def lines(viewer: Actor, rows: Sequence[AuditRow]) -> list[TrailLine]:
    """The acts in words. One query for the people, one for each kind of thing."""
    words = _Words(viewer, rows)
    return [
        TrailLine(
            row=row,
            who=words.who(row.actor),
            what=formats.label(registries.words_for(row.action)) or gettext("已停用的操作"),
            about=None if row.actor == f"{USER_REF}{row.subject_id}" else words.named(row.subject_type, row.subject_id),
            changes=tuple(words.changes(row)),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Ahead:
    """An act that has not happened yet: what it would change."""

    action: str
    programme: str
    changes: Mapping[str, Any]
    actor: str = ""
    subject_type: str = ""
    subject_id: str = ""


def changes_ahead(viewer: Actor, acts: Sequence[Ahead]) -> list[tuple[Change, ...]]:
    """What acts would change, in the words of the trail."""
    words = _Words(viewer, acts)
    return [tuple(words.changes(one)) for one in acts]


class _Words:
    """Everybody and everything that some rows name."""

    def __init__(self, viewer: Actor, rows: Iterable[AuditRow | Ahead]) -> None:
        refs: set[str] = set()
        asked: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            refs.add(row.actor)
            asked[row.subject_type].add(row.subject_id)
            if row.actor.startswith(TOKEN_REF):
                asked[TOKEN].add(row.actor.removeprefix(TOKEN_REF))
            for name, value in row.changes.items():
                for field, text in _texts(name, value):
                    if text.startswith(USER_REF):
                        refs.add(text)
                    elif kind := _kind(row.action, field):
                        asked[kind] |= {text, f"{row.programme}:{text}"}
        self._people = accounts.names_by_ref(viewer=viewer, refs=refs)
        self._things = {
            key: thing.named(viewer=viewer, ids=ids)
            for key, ids in asked.items()
            if (thing := registries.things.get(key))
        }

    def who(self, ref: str) -> str:
        if ref.startswith("system:"):
            return gettext("系统")
        if ref.startswith(TOKEN_REF):
            found = self.named(TOKEN, ref.removeprefix(TOKEN_REF))
            return gettext("程序“%(name)s”") % {"name": found.label} if found else gettext("程序")
        return self._people.get(ref) or (gettext("未登录的人") if ref == "nobody" else ref)

    def named(self, kind: str, text: str, programme: str = "") -> Source | None:
        found = self._things.get(kind, {})
        return found.get(text) or found.get(f"{programme}:{text}")

    def changes(self, row: AuditRow | Ahead) -> Iterator[Change]:
        for key, value in row.changes.items():
            # "plan_amount_fen:<uuid>" is a field of the thing behind the colon.
            name = key.partition(":")[0]
            if name in UNSHOWN or value in ("", None, [], {}):
                continue
            title = formats.label(registries.words_for_field(row.action, name)) or gettext("其他")
            if isinstance(value, list) and len(value) == 2 and name not in LISTS:
                if value[0] != value[1]:
                    words = registries.words_for_values(row.action, name, [one for one in value if _is_text(one)])
                    before, now = (self._shown(row, name, one, words) for one in value)
                    yield Change(title, now, before)
            else:
                yield Change(title, self._shown(row, name, value))

    def _shown(self, row: AuditRow | Ahead, name: str, value: Any, words: Any = None) -> str:
        if value in (None, "", [], {}):
            return formats.NOTHING
        if isinstance(value, bool):
            return gettext("是") if value else gettext("否")
        if isinstance(value, int) and (name.endswith("_fen") or name in FEN):
            return str(formats.money(Money(value)))
        if name == "source" and isinstance(value, list):
            return (
                formats.label(registries.words_for_values(row.action, name, value[:1]).get(value[0], "")) or value[-1]
            )
        if isinstance(value, list):
            shown = [self._shown(row, name, one, words) for one in value[:PARTS]]
            more = [gettext("等 %(count)s 项") % {"count": len(value)}] if len(value) > PARTS else []
            return (gettext("；") if isinstance(value[0], list | dict) else gettext("、")).join([*shown, *more])
        if isinstance(value, dict):
            parts = [
                f"{self._key(row, name, key)} {self._shown(row, _field(row, name, key), one)}"
                for key, one in value.items()
                if key not in UNSHOWN
            ]
            return gettext("、").join(parts)
        return self._text(row, name, str(value), words)

    def _key(self, row: AuditRow | Ahead, name: str, key: str) -> str:
        if found := self.named(_kind(row.action, name), key, row.programme):
            return found.label
        return formats.label(registries.words_for_field(row.action, key)) or key

    def _text(self, row: AuditRow | Ahead, name: str, text: str, words: Any) -> str:
        if text.startswith(USER_REF):
            return self.who(text)
        if found := self.named(_kind(row.action, name), text, row.programme):
            return found.label
        known = registries.words_for_values(row.action, name, [text]) if words is None else words
        return formats.word(known[text]) if text in known else text


def _field(row: AuditRow | Ahead, name: str, key: str) -> str:
    """What a value within a field is: a field of its own, or, of amounts by source and the like, one of that field."""
    return key if registries.words_for_field(row.action, key) else name


def _kind(act: str, name: str) -> str:
    """The kind of thing that a field of an act names, by its app or by the trail's own list; "" for none."""
    return registries.area_of(act).things.get(name) or registries.area_of("audit").things.get(name, "")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every text in a value, with the field it belongs to."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield name, key
            yield from _texts(name, one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(name, one)
    elif isinstance(value, str):
        yield name.partition(":")[0], value
