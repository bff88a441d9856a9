# SPDX-License-Identifier: Apache-2.0
"""Errors that a rule, a service or a selector may raise. One middleware turns them into HTTP.

The reason is a ``code``. A subclass of its own is for what somebody catches by name; it lives in the module that
raises it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from shanhai.kernel.messages import Message, gettext_noop, message


class DomainError(Exception):
    """The base of all anticipated errors.

    ``text`` is a whole Chinese sentence with named placeholders that says what is wrong and what to do; ``params``
    fills it. ``code`` is dotted and stable, for machines, by default that of the kind; ``status`` is the HTTP status
    the middleware answers with. ``field`` is the name under which the service was told what is wrong, where it is one
    thing; ``others`` are the faults found beside it (``Faults``).
    """

    code: str = "error"
    status: ClassVar[int] = 400
    field: str = ""
    others: tuple[DomainError, ...] = ()

    def __init__(self, text: str, code: str = "", /, *, field: str = "", **params: Any) -> None:
        self.code = code or self.code
        self.field = field
        self.message: Message = message(text, **params)
        super().__init__(str(self.message))


class BadInput(DomainError):
    """What came in cannot be understood; nothing was stored."""

    code = "bad_input"
    status = 400


class NotVisible(DomainError):
    """There is no such thing, or this viewer may not know that there is. Both look the same."""

    code = "not_found"
    status = 404


class NotAllowed(DomainError):
    """The viewer may see it, but not do this to it."""

    code = "not_allowed"
    status = 403


class Conflict(DomainError):
    """Somebody else was first, or the thing has moved on meanwhile; look again and retry."""

    code = "conflict"
    status = 409


class Refused(DomainError):
    """Understood and allowed, but a rule says no."""

    code = "refused"
    status = 422


class Faults:
    """The faults of one act, gathered before they are told, so that a person mends all of them at once."""

    def __init__(self) -> None:
        self._found: list[DomainError] = []

    @contextmanager
    def of(self, field: str = "") -> Iterator[None]:
        """Keep a refusal of what is done within, as one of ``field`` unless it names its own, and go on after it."""
        try:
            yield
        except (BadInput, Conflict, Refused) as error:
            error.field = error.field or field
            self._found += [error, *error.others]

    def tell(self) -> None:
        """Raise the first fault, with the others beside it; do nothing where all is well."""
        if self._found:
            first, *others = self._found
            first.others = tuple(others)
            raise first


def checked_reason(because: str, missing: str, app: str, /, *, most: int = 500) -> str:
    """The reason without spaces around it and signs that cannot be stored. Raises BadInput, for none with ``missing``.

    The codes are those of ``app``, the field is ``because``.
    """
    reason = because.replace("\x00", "").strip()
    if not reason:
        raise BadInput(missing, f"{app}.reason_missing", field="because")
    if len(reason) > most:
        text = gettext_noop("理由有 %(count)s 个字，最多 %(most)s 个。")
        raise BadInput(text, f"{app}.reason_too_long", field="because", count=len(reason), most=most)
    return reason


NO_TEXT = gettext_noop("这一项为空，或超过 %(most)s 个字。请改正。")
NO_SOURCE = gettext_noop("请写明依据：哪个文件、哪一条，或“示例”。")


def require_between(value: Any, least: Any, most: Any, code: str, /) -> None:
    """Raise BadInput for a number that is less than ``least`` or more than ``most``."""
    if not least <= value <= most:
        raise BadInput(gettext_noop("要在 %(least)s 和 %(most)s 之间。"), code, least=least, most=most)


def checked_text(text: str, missing: str, code: str, /, *, most: int) -> str:
    """A text without spaces around it and signs that cannot be stored.

    Raises BadInput with ``missing``, a sentence that may name %(most)s, for none and for one that is longer.
    """
    said = text.replace("\x00", "").strip()
    if not said or len(said) > most:
        raise BadInput(missing, code, most=most)
    return said


_WHERE = {
    (True, True, True): gettext_noop("%(sheet)s · 第 %(row)s 行 · %(column)s"),
    (True, True, False): gettext_noop("%(sheet)s · 第 %(row)s 行"),
    (False, True, True): gettext_noop("第 %(row)s 行 · %(column)s"),
    (False, True, False): gettext_noop("第 %(row)s 行"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in input that has many places for faults: a row and column of a sheet, a field of a form.

    ``row`` and ``column`` are as the sheet shows them, ``sheet`` its name where several were read. ``blocking``
    problems stop the import, the others are warnings.
    """

    code: str
    message: Message
    row: int | None = None
    column: str | None = None
    blocking: bool = True
    sheet: str = ""

    @property
    def where(self) -> Message | str:
        """The place of the fault for a person ("第 5 行 · 金额"); "" for one of the file as a whole."""
        known = (bool(self.sheet), bool(self.row), bool(self.column))
        text = _WHERE.get(known)
        return message(text, sheet=self.sheet, row=self.row, column=self.column) if text else self.column or ""
