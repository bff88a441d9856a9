# SPDX-License-Identifier: Apache-2.0
"""A programme as files of IATI: itself as the parent, its projects as children.

Parent and children never say the same yuan twice: what a plan gives to lines of projects stands there, and only the
rest, with the reserve, at the programme. Nothing that lies in the future is a transaction.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from shanhai.base.formats import say
from shanhai.insight.iati.permissions import IatiPermission
from shanhai.insight.iati.rules.writing import written_activities, written_organisation
from shanhai.insight.iati.values import (
    Activity,
    Budget,
    Named,
    Organisation,
    Place,
    Result,
    Sector,
    Transaction,
)
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.units import UNITS
from shanhai.planning.programmes.core.selectors.programmes import get_programme, list_fund_sources
from shanhai.planning.programmes.money.selectors import list_categories, list_statements
from shanhai.planning.programmes.plans.selectors import list_targets, list_yearly_plans
from shanhai.planning.programmes.states import PlanState
from shanhai.planning.projects.dossier.selectors.facts_for_warnings import list_contracts
from shanhai.planning.projects.shares.selectors.portfolio import lines_in, projects_in
from shanhai.planning.projects.states import Stage
from shanhai.registers.ledger.selectors.postings import search_postings
from shanhai.registers.ledger.values import AccountKind, PostingRow, Wanted

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme

MOST_POSTINGS = 200_000
_INCOMING, _COMMITMENT, _DISBURSEMENT, _EXPENDITURE, _PROMISED = "1", "2", "3", "4", "11"
_KINDS = {
    AccountKind.ISSUED: _PROMISED,
    AccountKind.RESERVE: _PROMISED,
    AccountKind.ARRIVED: _INCOMING,
    AccountKind.ALLOTTED: _DISBURSEMENT,
    AccountKind.PAID: _EXPENDITURE,
}
_STATUS = {
    **dict.fromkeys((Stage.PREPARATION, Stage.TENDERING, Stage.READY), "1"),
    Stage.UNDER_WAY: "2",
    Stage.SUSPENDED: "6",
    **dict.fromkeys((Stage.COMPLETED, Stage.ACCEPTED, Stage.SETTLED), "3"),
    Stage.HANDED_OVER: "4",
    Stage.CANCELLED: "5",
}
# Sectors: of the standard's list none is claimed; ours are categories (99) and the share for livelihood (98).
_DAC, _LIVELIHOOD, _CATEGORIES = "1", "98", "99"
_NOT_SPECIFIED = Sector(_DAC, "99810", Named("未分行业", "Sectors not specified"), 1)
_LIFE, _REST = Named("民生", "Livelihood"), Named("其他", "Other")
_FUNDING, _ACCOUNTABLE, _IMPLEMENTING = "1", "2", "4"


def export_activities(*, viewer: Actor, programme: str, at: datetime) -> bytes:
    """The programme and its projects as a file of activities. Raises NotVisible, NotAllowed, Refused.

    As many queries for a thousand projects as for one.
    """
    found = _published(viewer, programme)
    return written_activities(_Export(viewer, found, at).activities(), reporter=_reporter(found), at=at)


def export_organisations(*, viewer: Actor, programme: str, at: datetime) -> bytes:
    """Who reports, with the plan of each year, as a file of organisations. Raises NotVisible, NotAllowed."""
    found = _published(viewer, programme)
    plans = list_yearly_plans(viewer=viewer, programme=programme, amounts=True)
    budgets = [
        Budget(plan.year, Money(sum(one.amount_fen for one in plan.amounts.all()), found.currency), _committed(plan))
        for plan in reversed(plans)
    ]
    return written_organisation(_reporter(found), budgets, currency=found.currency, at=at)


def _published(viewer: Actor, programme: str) -> Programme:
    found = get_programme(viewer=viewer, code=programme)
    viewer.require(IatiPermission.PUBLISH, programme=programme)
    return found


def _reporter(programme: Programme) -> Organisation:
    """The side that supports. It has no identifier of the register of publishers: one of our own form stands for it."""
    supporter = programme.supporter
    return Organisation(
        Named(f"{supporter.name}对口支援前方指挥部", _english(supporter)), f"CN-SHANHAI-{supporter.code}"
    )


def _english(division: Any) -> str:
    return f"{division.name_en} counterpart support headquarters" if division.name_en else ""


def _committed(plan: Any) -> str:
    return "1" if plan.state == PlanState.DRAFT else "2"


class _Export:
    def __init__(self, viewer: Actor, programme: Programme, at: datetime) -> None:
        self.viewer, self.programme, self.code = viewer, programme, programme.code
        self.today, self.currency = local_date(at), programme.currency
        self.identifier = f"{_reporter(programme).ref}-{programme.code}"
        self.sources = {
            one.code: Named(one.name, one.name_en) for one in list_fund_sources(viewer=viewer, programme=self.code)
        }
        self.categories = {one.code: one for one in list_categories(viewer=viewer, on=self.today)}
        self.lines: defaultdict[int, list[Any]] = defaultdict(list)
        projects = {}
        with_all = ("project__place", "project__site", "project__owner", "yearly_plan", "fund_source")
        for line in lines_in(viewer=viewer, programme=self.code).select_related(*with_all).prefetch_related("changes"):
            self.lines[line.project_id].append(line)
            projects[line.project_id] = line.project
        others = projects_in(viewer=viewer, programme=self.code, as_of=self.today)
        for project in others.select_related("place", "site", "owner"):
            projects.setdefault(project.pk, project)
        self.projects = sorted(projects.values(), key=lambda one: one.code)
        self.contracts: defaultdict[int, list[Any]] = defaultdict(list)
        for contract in list_contracts(viewer=viewer, programme=self.code):
            self.contracts[contract.project_id].append(contract)
        owners = {str(line.uuid): key for key, lines in self.lines.items() for line in lines}
        self.postings: defaultdict[int, list[PostingRow]] = defaultdict(list)
        for row in self._posted():
            self.postings[owners.get(row.subject, 0)].append(row)

    def _posted(self) -> tuple[PostingRow, ...]:
        wanted, most = Wanted(until=self.today), MOST_POSTINGS + 1
        rows = search_postings(viewer=self.viewer, programme=self.code, wanted=wanted, offset=0, limit=most)
        if len(rows) > MOST_POSTINGS:
            text = gettext_noop("账目超过 %(most)s 笔，一个文件放不下。请分开登记。")
            raise Refused(text, "iati.too_many_postings", most=str(MOST_POSTINGS))
        return rows[::-1]

    def activities(self) -> Iterator[Activity]:
        """The programme, then its projects by code."""
        yield self._parent()
        for project in self.projects:
            yield self._child(project)

    def _identifier_of(self, project: Any) -> str:
        return f"{self.identifier}-{project.uuid.hex}"

    def _parent(self) -> Activity:
        programme, plans = self.programme, list_yearly_plans(viewer=self.viewer, programme=self.code, amounts=True)
        given = Counter[int]()
        for line in (line for lines in self.lines.values() for line in lines):
            given[line.yearly_plan.year] += line.amount_fen
        rest = ((plan, sum(one.amount_fen for one in plan.amounts.all()) - given[plan.year]) for plan in plans[::-1])
        title = Named(programme.name, programme.name_en)
        started = (("2", programme.starts_on),) if programme.starts_on <= self.today else ()
        pages = {
            one.url: Named(one.title) for one in list_statements(viewer=self.viewer, programme=self.code) if one.url
        }
        return Activity(
            identifier=self.identifier,
            level=1,
            title=title,
            description=title,
            currency=self.currency,
            status="4" if programme.ends_on < self.today else "2" if started else "1",
            dates=(("1", programme.starts_on), *started, ("3", programme.ends_on)),
            partners=self._partners(None),
            sectors=self._sectors([line for lines in self.lines.values() for line in lines]),
            budgets=tuple(Budget(p.year, Money(fen, self.currency), _committed(p)) for p, fen in rest if fen > 0),
            transactions=self._moved(0),
            place=_place(programme.recipient),
            pages=tuple(pages.items()),
            children=tuple(self._identifier_of(project) for project in self.projects),
            results=tuple(_result(one, programme) for one in list_targets(viewer=self.viewer, programme=self.code)),
        )

    def _child(self, project: Any) -> Activity:
        lines, stage = self.lines[project.pk], Stage(project.stage)
        title = Named(project.name)
        extension = (
            ("delivery", project.delivery),
            ("novelty", project.novelty),
            ("stage", project.stage),
            *((("altitude", str(project.altitude_m)),) if project.altitude_m is not None else ()),
        )
        return Activity(
            identifier=self._identifier_of(project),
            level=2,
            title=title,
            description=Named(f"{project.place.name}：{project.name}"),
            currency=self.currency,
            status=_STATUS[stage],
            dates=self._dates(project, lines),
            partners=self._partners(project),
            sectors=self._sectors(lines, project.category),
            budgets=tuple(self._budgets(lines)),
            transactions=(*self._signed(project), *self._moved(project.pk)),
            place=_place(project.place, project.site),
            parent=self.identifier,
            extension=extension,
        )

    def _dates(self, project: Any, lines: list[Any]) -> tuple[tuple[str, date], ...]:
        days = (
            ("1", project.planned_start_on),
            ("2", project.started_on),
            ("3", project.planned_finish_on),
            ("4", project.finished_on),
        )
        known = tuple((kind, day) for kind, day in days if day is not None and (kind in "13" or day <= self.today))
        if any(kind in "12" for kind, _ in known):
            return known
        # The standard asks for a beginning; where none is recorded it is that of the first year's plan.
        first = min((line.yearly_plan.year for line in lines), default=self.programme.starts_on.year)
        return ("1", min([date(first, 1, 1), *(day for _, day in known)])), *known

    def _partners(self, project: Any | None) -> tuple[tuple[str, Organisation], ...]:
        supporter, recipient = (
            Organisation(Named(one.name, one.name_en)) for one in (self.programme.supporter, self.programme.recipient)
        )
        found = [(_FUNDING, supporter), (_ACCOUNTABLE, recipient)]
        if project is not None and project.owner is not None:
            ref = f"CN-USCI-{project.owner.uscc}" if project.owner.uscc else ""
            found.append((_IMPLEMENTING, Organisation(Named(project.owner.name), ref)))
        return tuple(found)

    def _sectors(self, lines: list[Any], category: str = "") -> tuple[Sector, ...]:
        fen, life, whole = Counter[str](), 0, sum(line.amount_fen for line in lines)
        for line in lines:
            fen[line.project.category] += line.amount_fen
            life += line.amount_fen * line.livelihood_percent
        named = [code for code in sorted(fen if lines else {category}) if code]
        categories = (Sector(_CATEGORIES, code, self._category(code), fen[code]) for code in named)
        parts = [("livelihood", _LIFE, life), ("other", _REST, 100 * whole - life)]
        return (
            _NOT_SPECIFIED,
            *(Sector(_LIVELIHOOD, code, name, weight) for code, name, weight in parts if weight),
            *categories,
        )

    def _category(self, code: str) -> Named:
        found = self.categories.get(code)
        return Named(str(found.name), found.name_en) if found else Named(code)

    def _budgets(self, lines: list[Any]) -> Iterator[Budget]:
        original, now, plans = Counter[int](), Counter[int](), {}
        for line in lines:
            year = line.yearly_plan.year
            plans[year] = line.yearly_plan
            now[year] += line.amount_fen
            changes = sorted(line.changes.all(), key=lambda change: change.on)
            original[year] += changes[0].amount_fen if changes else line.amount_fen
        for year in sorted(now):
            status = _committed(plans[year])
            yield Budget(year, Money(original[year], self.currency), status)
            if now[year] != original[year]:
                yield Budget(year, Money(now[year], self.currency), status, "2")

    def _signed(self, project: Any) -> Iterator[Transaction]:
        for one in self.contracts[project.pk]:
            if one.signed_on <= self.today:
                amount = Money(one.amount_fen, self.currency)
                yield Transaction(_COMMITMENT, one.signed_on, amount, one.uuid.hex, receiver=Named(one.contractor))

    def _moved(self, project: int) -> tuple[Transaction, ...]:
        recipient = Named(self.programme.recipient.name, self.programme.recipient.name_en)
        found = []
        for row in self.postings[project]:
            kind, amount = _KINDS.get(row.kind), row.counted
            if row.kind == AccountKind.SURPLUS:
                # What goes back to the supporter is money that came in, taken away again.
                kind, amount = _INCOMING, -row.counted
            elif kind is None or (row.from_kind == AccountKind.RESERVE and row.kind == AccountKind.ISSUED):
                # A reserve that is released was promised already.
                continue
            coming = kind in (_INCOMING, _PROMISED)
            source = self.sources.get(row.fund_source, Named(row.fund_source))
            provider, receiver = (source, recipient) if coming else (None, None)
            ref = row.entry.hex
            found.append(Transaction(kind, row.on_date, amount, ref, row.fund_source, provider, receiver))
        return tuple(found)


def _place(division: Any, site: Any | None = None) -> Place:
    point = (site.lat, site.lon) if site is not None else None
    return Place(f"CN-{division.code}", Named(division.name, division.name_en), point)


def _result(target: Any, programme: Programme) -> Result:
    unit = UNITS.get(target.unit)
    years = tuple((one.year, one.planned, one.reached) for one in target.years.all() if one.planned or one.reached)
    # A target that no year was given a part of is one for the end of the programme.
    years = years or ((programme.ends_on.year, target.amount, None),)
    return Result(Named(target.name), say(unit.symbol) if unit else target.unit, years)
