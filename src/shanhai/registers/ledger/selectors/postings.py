# SPDX-License-Identifier: Apache-2.0
"""Rows of proof, and single entries. A viewer whose scope is a place sees the postings in their place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum

from shanhai.base.database.selectors import holding, within
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import Strength
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.registers.ledger.models import Entry, Posting
from shanhai.registers.ledger.models.entries import EntryQuerySet, PostingQuerySet
from shanhai.registers.ledger.rules import source_form
from shanhai.registers.ledger.selectors.balances import count_postings, require_sight
from shanhai.registers.ledger.values import AccountKind, EntryDetail, EntryRef, PostingRow, Source, Wanted

# So many letters of a number are a part of it that tells something.
PART = 3


def list_postings(
    *,
    viewer: Actor,
    programme: str,
    offset: int,
    limit: int,
    kind: AccountKind | None = None,
    as_of: date | None = None,
    place: str | None = None,
    subject: str | None = None,
) -> tuple[int, tuple[PostingRow, ...]]:
    """How many postings there are, and ``limit`` of them from ``offset`` on, newest first.

    With ``kind`` they are the rows that its turnover is made of: ``counted`` of all of them adds up to it. Without,
    they are every posting of the programme. Raises NotVisible without fund.view there.
    """
    require_sight(viewer, programme=programme, place=place)
    rows = Posting.objects.visible_to(viewer).filter(within(place), programme=programme)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if as_of is not None:
        rows = rows.filter(on_date__lte=as_of)
    if subject is None:
        kinds = tuple(AccountKind) if kind is None else (kind,)
        count = count_postings(viewer=viewer, programme=programme, kinds=kinds, as_of=as_of, place=place)
    else:
        rows = rows.filter(subject=subject)
        count = rows.count()
    # The page is found in the index alone; what belongs to its rows is looked up for them, not for all before them.
    found = rows.order_by("-on_date", "-id").values("pk")[offset : offset + limit]
    page = _with_entries(Posting.objects.filter(pk__in=found)).order_by("-on_date", "-id")
    return count, tuple(_row(posting) for posting in page)


def sum_postings(*, viewer: Actor, programme: str, wanted: Wanted) -> tuple[int, dict[AccountKind, Money]]:
    """How many postings are wanted, and what they add up to in each station, net of reversals. Raises NotVisible."""
    found = _wanted(viewer, programme, wanted).values("kind", "currency", "is_reversal").order_by()
    count, sums = 0, dict[AccountKind, Money]()
    for row in found.annotate(fen=Sum("amount_fen"), number=Count("pk")):
        kind, amount = AccountKind(row["kind"]), Money(row["fen"], row["currency"])
        count += row["number"]
        sums[kind] = sums.get(kind, Money.zero(amount.currency)) + (-amount if row["is_reversal"] else amount)
    return count, {kind: sums[kind] for kind in AccountKind if kind in sums}


def search_postings(
    *, viewer: Actor, programme: str, wanted: Wanted, offset: int, limit: int
) -> tuple[PostingRow, ...]:
    """The wanted postings, newest first. Raises NotVisible."""
    found = _wanted(viewer, programme, wanted).order_by("-on_date", "-id").values("pk")[offset : offset + limit]
    return tuple(_row(one) for one in _with_entries(Posting.objects.filter(pk__in=found)).order_by("-on_date", "-id"))


def _wanted(viewer: Actor, programme: str, wanted: Wanted) -> PostingQuerySet:
    require_sight(viewer, programme=programme, place=wanted.place)
    rows = Posting.objects.visible_to(viewer).filter(within(wanted.place), programme=programme)
    asked = {
        "kind": wanted.kind,
        "from_account__fund_source": wanted.fund_source,
        "on_date__gte": wanted.since,
        "on_date__lte": wanted.until,
        "entry__recorded_at__gte": wanted.recorded_since,
    }
    rows = rows.filter(**{name: value for name, value in asked.items() if value})
    if wanted.subjects is not None:
        rows = rows.filter(subject__any_of=list(wanted.subjects))
    if wanted.recorded_by is not None:
        kinds = (Q(entry__recorded_by__startswith=one) for one in wanted.recorded_by if one.endswith(":"))
        rows = rows.filter(reduce(or_, kinds, Q(entry__recorded_by__in=wanted.recorded_by)))
    # What takes a voucher back is found with it, so that the sums of a number are what is left of it.
    return rows.filter(holding(wanted.text, "entry__source_id", "entry__memo", "entry__reverses__source_id"))


def newest_strengths(
    *,
    viewer: Actor,
    programme: str,
    kinds: Collection[AccountKind],
    as_of: date,
    limit: int,
    place: str | None = None,
) -> dict[AccountKind, tuple[Strength, ...]]:
    """How strong the ``limit`` newest postings of each kind are. One query. Raises NotVisible.

    What was reversed by that day, and what reverses it, is evidence of nothing.
    """
    require_sight(viewer, programme=programme, place=place)
    seen = Posting.objects.visible_to(viewer).filter(within(place), programme=programme, is_reversal=False)
    seen = seen.filter(Q(entry__reversed_by=None) | Q(entry__reversed_by__on_date__gt=as_of))
    parts: list[str] = []
    values: list[Any] = []
    for number, kind in enumerate(kinds):
        newest = seen.filter(kind=kind, on_date__lte=as_of).order_by("-on_date", "-id")
        sql, params = newest.values_list("kind", "entry__strength")[:limit].query.sql_with_params()
        parts.append(f"SELECT * FROM ({sql}) AS kind_{number}")  # noqa: S608 - both made here, values apart
        values += params
    found: dict[AccountKind, list[Strength]] = {kind: [] for kind in kinds}
    # Each part is read from the end of an index. As conditions joined by OR they would make PostgreSQL read all rows,
    # and Django's union cannot limit its parts on SQLite.
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        for code, strength in cursor:
            found[AccountKind(code)].append(Strength(strength))
    return {kind: tuple(strengths) for kind, strengths in found.items()}


def find_entries(*, viewer: Actor, sources: Iterable[Source]) -> list[EntryRef]:
    """Entries from ``sources`` or from their possible twins, of which the viewer may see a posting, newest first."""
    forms = defaultdict(set)
    for source in sources:
        forms[source.kind].add(source_form(source.id))
    alike = reduce(or_, [Q(source_kind=kind, source_form__in=found) for kind, found in forms.items()], Q(pk__in=[]))
    return _refs(list_entries(viewer).filter(alike).order_by("-on_date", "-pk"))


def find_numbered(*, viewer: Actor, number: str, before: Mapping[str, int], limit: int) -> list[EntryRef]:
    """The newest ``limit`` entries whose number holds ``number``, of which the viewer may see a posting.

    The number is what follows so many parts of the source's id as ``before`` says for its kind. Of less than
    ``PART`` letters it is meant whole. What makes no odds between possible twins makes none here.
    """
    form = source_form(number)
    if not form:
        return []
    rest = f".*{re.escape(form)}" if len(number.strip()) >= PART else f"{re.escape(form)}$"
    alike = [Q(source_kind=kind, source_form__regex=f"^{'[^:]*:' * parts}{rest}") for kind, parts in before.items()]
    # The plain look comes first: it is the quicker one, and the index of forms answers it.
    held = Q(source_kind__in=before, source_form__contains=form)
    return _refs(list_entries(viewer).filter(held, reduce(or_, alike)).order_by("-on_date", "-pk")[:limit])


def _refs(found: EntryQuerySet) -> list[EntryRef]:
    return [EntryRef(entry.uuid, entry.source, entry.on_date, entry.recorded_at) for entry in found]


def list_entries(viewer: Actor) -> EntryQuerySet:
    """Entries of which the viewer may see a posting."""
    return Entry.objects.filter(Exists(Posting.objects.visible_to(viewer).filter(entry=OuterRef("pk"))))


def entries_about(viewer: Actor, subjects: Collection[str], *, limit: int) -> list[str]:
    """The uuids of the newest entries of which the viewer sees a posting for one of ``subjects``. One query."""
    seen = Posting.objects.visible_to(viewer).filter(entry=OuterRef("pk"), subject__any_of=list(subjects))
    rows = Entry.objects.filter(Exists(seen)).order_by("-recorded_at", "-pk")
    return [str(uuid) for uuid in rows.values_list("uuid", flat=True)[:limit]] if subjects else []


def get_entry(*, viewer: Actor, uuid: UUID) -> EntryDetail:
    """The entry with those of its postings that the viewer may see. Raises NotVisible when there are none."""
    found = _detail(Posting.objects.visible_to(viewer).filter(entry__uuid=uuid))
    if found is None:
        raise NotVisible(gettext_noop("没有找到这笔账。请从资金页重新进入。"))
    return found


def _detail(seen: PostingQuerySet) -> EntryDetail | None:
    postings = list(_with_entries(seen).select_related("entry__reverses").order_by("pk"))
    if not postings:
        return None
    entry = postings[0].entry
    return EntryDetail(
        uuid=entry.uuid,
        source=entry.source,
        programme=postings[0].programme,
        fund_source=postings[0].from_account.fund_source,
        on_date=entry.on_date,
        memo=entry.memo,
        strength=Strength(entry.strength),
        recorded_at=entry.recorded_at,
        recorded_by=entry.recorded_by,
        reverses=entry.reverses.uuid if entry.reverses else None,
        reversed_by=postings[0].reversal,
        postings=tuple(_row(posting) for posting in postings),
    )


def _with_entries(found: PostingQuerySet) -> Any:
    # The reversal is asked for row by row: joined, SQLite reads every entry for it, once its statistics know that no
    # entry is one.
    reversal = Entry.objects.filter(reverses=OuterRef("entry")).values("uuid")[:1]
    return found.select_related("entry", "from_account", "to_account").annotate(reversal=Subquery(reversal))


def _row(posting: Any) -> PostingRow:
    entry = posting.entry
    return PostingRow(
        entry=entry.uuid,
        on_date=posting.on_date,
        fund_source=posting.from_account.fund_source,
        from_kind=AccountKind(posting.from_account.kind),
        to_kind=AccountKind(posting.to_account.kind),
        kind=AccountKind(posting.kind),
        amount=Money(posting.amount_fen, posting.currency),
        memo=entry.memo,
        strength=Strength(entry.strength),
        source=entry.source,
        subject=posting.subject,
        place=posting.place,
        is_reversal=posting.is_reversal,
        is_reversed=posting.reversal is not None,
    )
