# SPDX-License-Identifier: Apache-2.0
"""What is answered to GET: the root, sets, entities, properties, addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError, IntegrityError, InterfaceError, OperationalError

from shanhai.field.sensors.sta.rules.options import address, parse_options
from shanhai.field.sensors.sta.rules.parsing import to_json
from shanhai.field.sensors.sta.rules.paths import Resource, parse_path
from shanhai.field.sensors.sta.selectors.entities import TYPES
from shanhai.field.sensors.sta.selectors.plans import Asked
from shanhai.field.sensors.sta.selectors.reading import Page, Place, nothing_there, place_of, read_entity, read_set
from shanhai.field.sensors.sta.values import CONFORMANCE, REQUIREMENTS, Options
from shanhai.field.sensors.sta.views.formats import formatted
from shanhai.kernel.errors import BadInput, Conflict, DomainError
from shanhai.kernel.messages import gettext_noop

JSON = "application/json"
_NO_ANSWER = gettext_noop("数据库没有应答。请过几秒再发一次；已经存下的观测值不会重复。")


class Unavailable(DomainError):
    """The database is away, or busy for too long."""

    code = "sta.unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered, within a batch or by itself."""

    body: bytes
    content_type: str = JSON
    status: int = 200
    # Of what was made.
    location: str = ""
    # Of the page after, for what has no place to tell it itself.
    next: str = ""
    # The latest month of which observations were not looked for, likewise.
    moved: str = ""


def read(path: str, given: Iterable[tuple[str, str]], asked: Asked) -> Answer:
    """What is at a decoded path below the root, with options as decoded pairs. Raises DomainError."""
    with told():
        return _read(path, given, asked)


@contextmanager
def told() -> Iterator[None]:
    """Say in words what the database could not do. Raises DomainError."""
    try:
        yield
    except (DataError, OverflowError) as error:
        raise _beyond() from error
    except (IntegrityError, ObjectDoesNotExist) as error:
        moved = gettext_noop("刚才有人改动或删除了相关的内容，这次没有做。请重新读取以后再试。")
        raise Conflict(moved, "sta.changed_meanwhile") from error
    except (OperationalError, InterfaceError) as error:
        # SQLite says so where a function of Python fails.
        if "user-defined function" in str(error):
            raise _beyond() from error
        raise Unavailable(_NO_ANSWER) from error


def _beyond() -> BadInput:
    text = gettext_noop("这样的计算超出了数的范围。请检查条件里的数。")
    return BadInput(text, "sta.beyond_numbers")


def _read(path: str, given: Iterable[tuple[str, str]], asked: Asked) -> Answer:
    resource = parse_path(path, TYPES)
    options = parse_options(given)
    if not resource.hops:
        return _json(_root(asked))
    place = place_of(resource, asked)
    if resource.named is not None:
        return _property(resource, place, asked)
    if not resource.hops[-1].many:
        return _json(read_entity(place, options, asked) if not resource.ref else _reference(place, asked))

    def next_of(page: Page) -> str:
        return "" if page.next is None else address(f"{asked.root}/{path.strip('/')}", page.next)

    if options.format and not resource.ref:
        page, body, content_type = formatted(place, options, asked, next_of)
        return Answer(body, content_type, next=next_of(page), moved=page.moved)
    if resource.ref:
        options = replace(options, select=("id",), expand=(), format="")
    page = read_set(place, options, asked)
    found: dict[str, Any] = {} if page.count is None else {"@iot.count": page.count}
    if link := next_of(page):
        found["@iot.nextLink"] = link
    if page.moved:
        found["@shanhai.notReadUntil"] = page.moved
    base = f"{asked.root}/{place.kind.set_name}"
    found["value"] = [_link(base, row[0]) for row in page.rows] if resource.ref else page.entities
    return replace(_json(found), moved=page.moved)


def _reference(place: Place, asked: Asked) -> dict[str, str]:
    found = read_entity(place, Options(select=("id",)), asked)
    return _link(f"{asked.root}/{place.kind.set_name}", found["@iot.id"])


def _link(base: str, pk: int) -> dict[str, str]:
    return {"@iot.selfLink": f"{base}({pk})"}


def _json(found: Any) -> Answer:
    return Answer(to_json(found))


def _root(asked: Asked) -> dict[str, Any]:
    sets = [{"name": one.set_name, "url": f"{asked.root}/{one.set_name}"} for one in TYPES.values()]
    over_mqtt = _over_mqtt()
    conformance = [*(f"{REQUIREMENTS}{one}" for one in CONFORMANCE), *over_mqtt]
    return {"value": sets, "serverSettings": {"conformance": conformance, **over_mqtt}}


def _over_mqtt() -> dict[str, Any]:
    """What is served by a broker, and where that is; the account of this site is not told."""
    served = ["create-observations-via-mqtt/observations-creation"]
    # Another's broker does not tell of selected properties.
    if settings.MQTT_PUBLISH and settings.MQTT_BROKER == "embedded":
        served.append("receive-updates-via-mqtt/receive-updates")
    broker = urlsplit(settings.MQTT_PUBLIC_URL or settings.MQTT_URL)
    where = f"{broker.scheme}://{broker.netloc.rpartition('@')[2]}"
    return {f"{REQUIREMENTS}{one}": {"endpoints": [where]} for one in served}


def _property(resource: Resource, place: Place, asked: Asked) -> Answer:
    """A property of an entity, or with $value its bare value. Raises NotVisible where it has none."""
    named = resource.named
    assert named is not None
    entity = read_entity(place, Options(select=(named.name,)), asked)
    name, value = named.name, entity.get(named.name)
    for name in resource.inside:
        value = value.get(name) if isinstance(value, dict) else None
    if value is None:
        raise nothing_there(place.kind)
    if not resource.raw:
        return _json({name: value})
    body = value.encode() if isinstance(value, str) else to_json(value)
    return Answer(body, "text/plain; charset=utf-8")
