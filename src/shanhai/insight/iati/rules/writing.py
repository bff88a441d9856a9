# SPDX-License-Identifier: Apache-2.0
"""Files of IATI 2.03, written from plain values. What the standard has no slot for stands in a namespace of our own.

``urn:shanhai:iati:1``: ``delivery`` (turnkey or cheque), ``novelty``, ``stage``, ``altitude`` in metres, at the end of
an activity, where the schema lets others speak; ``fund-source`` as an attribute of transactions.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from lxml import etree

from shanhai.insight.iati.rules.reading import VERSION
from shanhai.insight.iati.rules.schema import XML
from shanhai.insight.iati.values import Activity, Budget, Named, Organisation, Result, Sector, Transaction
from shanhai.kernel.money import Money, largest_remainder
from shanhai.kernel.xml import Element

OURS = "urn:shanhai:iati:1"
MAIN, OTHER, COUNTRY = "zh", "en", "CN"
# Of the standard's lists: public sector, a unit that is counted, output, related activities, a page of a project.
_GOVERNMENT, _UNIT, _OUTPUT, _PARENT, _CHILD, _WEB_PAGE = "10", "1", "1", "1", "2", "A12"
_POINTS = "http://www.opengis.net/def/crs/EPSG/0/4326"
_HUNDRED = 10_000


def written_activities(activities: Iterable[Activity], *, reporter: Organisation, at: datetime) -> bytes:
    """A file of activities. Percentages add up to exactly 100, amounts are exact to the fen."""
    root = _root("iati-activities", at)
    for activity in activities:
        _activity(root, activity, reporter, at)
    return _bytes(root)


def written_organisation(reporter: Organisation, budgets: Iterable[Budget], *, currency: str, at: datetime) -> bytes:
    """A file of the one organisation that reports, with its budget of each year, all of it for China."""
    root = _root("iati-organisations", at)
    stamp = {"default-currency": currency, "last-updated-datetime": _instant(at), f"{XML}lang": MAIN}
    organisation = _add(root, "iati-organisation", **stamp)
    _add(organisation, "organisation-identifier").text = reporter.ref
    _named(organisation, "name", reporter.name)
    _named(organisation, "reporting-org", reporter.name, ref=reporter.ref, type=_GOVERNMENT)
    kept = list(budgets)
    for name, country in (("total-budget", ""), ("recipient-country-budget", COUNTRY)):
        for budget in kept:
            row = _add(organisation, name, status=budget.status)
            if country:
                _add(row, "recipient-country", code=country)
            _period(row, budget.year)
            _value(row, budget.amount, date(budget.year, 1, 1))
    return _bytes(root)


def _activity(root: Element, given: Activity, reporter: Organisation, at: datetime) -> None:
    stamp = {"default-currency": given.currency, "last-updated-datetime": _instant(at), f"{XML}lang": MAIN}
    one = _add(root, "iati-activity", hierarchy=str(given.level), **stamp)
    _add(one, "iati-identifier").text = given.identifier
    _named(one, "reporting-org", reporter.name, ref=reporter.ref, type=_GOVERNMENT)
    _named(one, "title", given.title)
    _named(one, "description", given.description, type="1")
    for role, organisation in given.partners:
        _named(one, "participating-org", organisation.name, ref=organisation.ref, role=role)
    _add(one, "activity-status", code=given.status)
    for kind, day in given.dates:
        _add(one, "activity-date", type=kind, **{"iso-date": day.isoformat()})
    _add(one, "recipient-country", code=COUNTRY)
    if given.place is not None:
        place = _add(one, "location", ref=given.place.ref)
        _named(place, "name", given.place.name)
        if given.place.point:
            lat, lon = given.place.point
            _add(_add(place, "point", srsName=_POINTS), "pos").text = f"{lat:.6f} {lon:.6f}"
    _sectors(one, given.sectors)
    for budget in given.budgets:
        row = _add(one, "budget", type=budget.kind, status=budget.status)
        _period(row, budget.year)
        _value(row, budget.amount, date(budget.year, 1, 1))
    for transaction in given.transactions:
        _transaction(one, transaction)
    for url, title in given.pages:
        page = _add(one, "document-link", url=url, format="text/html")
        _named(page, "title", title)
        _add(page, "category", code=_WEB_PAGE)
    for identifier in given.children:
        _add(one, "related-activity", ref=identifier, type=_CHILD)
    if given.parent:
        _add(one, "related-activity", ref=given.parent, type=_PARENT)
    for result in given.results:
        _result(one, result)
    for name, value in given.extension:
        etree.SubElement(one, f"{{{OURS}}}{name}").text = value


def _sectors(one: Element, sectors: Iterable[Sector]) -> None:
    by_vocabulary: dict[str, list[Sector]] = {}
    for sector in sectors:
        by_vocabulary.setdefault(sector.vocabulary, []).append(sector)
    for vocabulary, found in by_vocabulary.items():
        # Where no money tells them apart they weigh alike.
        weights = [sector.weight for sector in found]
        parts = largest_remainder(_HUNDRED, weights if any(weights) else [1] * len(found))
        for sector, part in zip(found, parts, strict=True):
            share = {} if len(found) == 1 else {"percentage": f"{Decimal(part) / 100:.2f}"}
            _named(one, "sector", sector.name, vocabulary=vocabulary, code=sector.code, **share)


def _transaction(one: Element, given: Transaction) -> None:
    row = _add(one, "transaction", ref=given.ref)
    if given.fund_source:
        row.set(f"{{{OURS}}}fund-source", given.fund_source)
    _add(row, "transaction-type", code=given.kind)
    _add(row, "transaction-date", **{"iso-date": given.on.isoformat()})
    _value(row, given.amount, given.on)
    for name, organisation in (("provider-org", given.provider), ("receiver-org", given.receiver)):
        if organisation is not None:
            _named(row, name, organisation)


def _result(one: Element, given: Result) -> None:
    result = _add(one, "result", type=_OUTPUT)
    _named(result, "title", given.title)
    indicator = _add(result, "indicator", measure=_UNIT)
    _named(indicator, "title", Named(f"{given.title.zh}（{given.unit}）", given.title.en))
    for year, planned, reached in given.years:
        period = _add(indicator, "period")
        _period(period, year)
        for name, value in (("target", planned), ("actual", reached)):
            if value is not None:
                _add(period, name, value=f"{value.normalize():f}")


def _period(row: Element, year: int) -> None:
    _add(row, "period-start", **{"iso-date": f"{year}-01-01"})
    _add(row, "period-end", **{"iso-date": f"{year}-12-31"})


def _value(row: Element, amount: Money, on: date) -> None:
    value = _add(row, "value", currency=amount.currency, **{"value-date": on.isoformat()})
    value.text = f"{amount.yuan:.2f}"


def _named(parent: Element, tag: str, name: Named, **attributes: str) -> None:
    element = _add(parent, tag, **attributes)
    _add(element, "narrative").text = name.zh
    if name.en:
        _add(element, "narrative", **{f"{XML}lang": OTHER}).text = name.en


def _add(parent: Element, tag: str, **attributes: str) -> Element:
    return etree.SubElement(parent, tag, {name: value for name, value in attributes.items() if value})


def _root(tag: str, at: datetime) -> Element:
    return etree.Element(tag, {"version": VERSION, "generated-datetime": _instant(at)}, nsmap={"shanhai": OURS})


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _bytes(root: Element) -> bytes:
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written
