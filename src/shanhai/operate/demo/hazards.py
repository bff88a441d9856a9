# SPDX-License-Identifier: Apache-2.0
"""Hazard sites of the demo: one that is quiet, one that speeds up until now, and a drill of yesterday. All made up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from shanhai.field.sensors.mqtt.services.simulating import mark_simulated
from shanhai.field.sensors.stations.selectors.stations import get_station, streams_of
from shanhai.field.sensors.stations.services.stations import register_station
from shanhai.field.sensors.stations.values import DeviceFacts, StationFacts, StreamFacts
from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.store.values import Readings
from shanhai.field.sensors.values import StationKind, instant_of
from shanhai.kernel.actors import Actor, system
from shanhai.operate.demo.accounts import SINCE, acting
from shanhai.operations.hazards.criteria.values import Reference, Thresholds
from shanhai.operations.hazards.incidents.services.levels import begin_drill, decide
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.services.chains import set_chain
from shanhai.operations.hazards.sites.services.points import add_point
from shanhai.operations.hazards.sites.services.sites import register_site
from shanhai.operations.hazards.sites.services.thresholds import approve_thresholds, draft_thresholds
from shanhai.operations.hazards.sites.values import LinkFacts, PointFacts, SiteFacts
from shanhai.operations.hazards.values import ChainRole, Channel, Level, SiteKind, Zone
from shanhai.operations.hazards.watch.services import judge_due
from shanhai.registers.people.services import add_person
from shanhai.registers.people.values import PersonFacts

PROGRAMME, SEED, DAYS, INTERVAL_S = "zj-ganzi", 7, 5, 600
QUIET, MOVING = "daocheng-3", "xiangcheng-slope"
SOURCE = "演示数据：按本点平稳段估计，不是真实方案。"
CHAIN = (
    (ChainRole.MONITOR, "群测群防员"),
    (ChainRole.VILLAGE, "村主任"),
    (ChainRole.TOWNSHIP, "乡自然资源所所长"),
    (ChainRole.COUNTY, "县自然资源局值班"),
)


def load_hazards(*, by: Actor, at: datetime) -> None:
    """Two sites with their points, chains and thresholds, judged up to now; and a drill that is over."""
    engineer, duty, head = (acting(username=one, at=at) for one in ("engineer", "duty", "consult"))
    begin = at - timedelta(days=DAYS)
    _register(
        SiteFacts(
            QUIET, "稻城县色拉乡后山滑坡", SiteKind.LANDSLIDE, PROGRAMME, _around(100.2967, 29.0369), "wgs84",
            place="513337", households=12, people=47, shelter="乡中心校操场", shelter_lon="100.3010",
            shelter_lat="29.0330", route_words="沿村道往南，过桥到学校操场，不走沟边。",
        ),
        {"disp": (0.5, 0.2), "crack": (0.5, 0.2), "rain": None}, people=("演示甲", "演示乙", "演示丙", "演示丁"),
        engineer=engineer, head=head, by=by, at=begin,
    )  # fmt: skip
    _drill(duty=duty, head=head, at=at - timedelta(days=1))
    _move(engineer=engineer, by=by, begin=begin, at=at)
    _register(
        SiteFacts(
            MOVING, "乡城县演示坡", SiteKind.LANDSLIDE, PROGRAMME, _around(99.8105, 28.9405), "wgs84",
            place="513336", households=8, people=31, shelter="村委会院坝", shelter_lon="99.8130",
            shelter_lat="28.9370", route_words="从坡下的机耕道往东，到村委会院坝。",
        ),
        {"disp": (2.0, 0.5), "crack": (2.0, 0.5)}, people=("演示戊", "演示己", "演示庚", "演示辛"),
        engineer=engineer, head=head, by=by, at=begin,
    )  # fmt: skip
    judge_due(by=system("hazards", (HazardPermission.VIEW.value, HazardPermission.DUTY.value)), at=at)


def _register(
    facts: SiteFacts,
    metrics: dict[str, tuple[float, float] | None],
    *,
    people: Sequence[str],
    engineer: Actor,
    head: Actor,
    by: Actor,
    at: datetime,
) -> None:
    """A site watched by the station of its code; the head of the consultation approves its numbers."""
    site = facts.code
    register_site(by=engineer, at=at, facts=facts, provenance="demo")
    station = get_station(viewer=engineer, code=facts.code)
    streams = {line.stream.metric: line.stream for line in streams_of(station, at)}
    references: dict[UUID, Reference] = {}
    for place, (metric, reference) in enumerate(metrics.items()):
        zone = (Zone.CROWN, Zone.MIDDLE, Zone.OUTSIDE)[place]
        point = add_point(
            by=engineer,
            at=at,
            site=site,
            datastream=streams[metric].pk,
            facts=PointFacts(f"{place + 1} 号", zone),
        )
        if reference:
            references[point.uuid] = Reference(*reference, source=SOURCE)
    numbers = Thresholds.default(SiteKind(facts.kind)).write()
    numbers["references"] = {
        str(key): {"rate": one.rate, "spread": one.spread, "source": one.source} for key, one in references.items()
    }
    draft = draft_thresholds(by=engineer, at=at, site=site, numbers=numbers, source=SOURCE)
    approve_thresholds(by=head, at=at, thresholds=draft.uuid)
    links = [
        LinkFacts(role, _person(name, duty, facts, by=by, at=at), [Channel.APP, Channel.SMS])
        for name, (role, duty) in zip(people, CHAIN, strict=True)
    ]
    set_chain(by=engineer, at=at, site=site, links=links)


def _person(name: str, duty: str, site: SiteFacts, *, by: Actor, at: datetime) -> UUID:
    # No number: nobody is to be called by a demo.
    facts = PersonFacts(name, duty, site.programme, SINCE, place=site.place)
    return add_person(by=by, at=at, facts=facts, provenance="demo").uuid


def _move(*, engineer: Actor, by: Actor, begin: datetime, at: datetime) -> None:
    """A slope of which two instruments creep, and speed up during the last day."""
    station = register_station(
        by=engineer,
        at=begin,
        facts=StationFacts(
            MOVING, "乡城县演示坡", StationKind.HAZARD, PROGRAMME, "513336", lon="99.8105", lat="28.9405", crs="wgs84",
            altitude="3010",
        ),
        device=DeviceFacts("logger", name="普适型监测仪"),
        streams=[StreamFacts(metric, of=metric, interval_s=INTERVAL_S) for metric in ("disp", "crack")],
        provenance="demo",
    )  # fmt: skip
    mark_simulated(stations=[MOVING], by=engineer, at=begin)
    end, step = instant_of(at), INTERVAL_S * 1_000_000
    times = np.arange(instant_of(begin), end, step, dtype=np.int64)
    chance = np.random.default_rng(SEED)
    for share, line in zip((1.0, 0.7), streams_of(station, at), strict=True):
        days = (times - times[0]) / 86_400_000_000
        left = np.maximum((end - times) / 86_400_000_000 + 0.15, 0.15)
        values = 20 + share * (2 * days + np.where(left < 1.15, 14 * np.log(1.15 / left), 0))
        values = np.round(values + chance.normal(0, 0.05, len(times)), 2)
        readings = Readings(np.full(len(times), line.stream.pk, np.int64), times, values)
        take_in(readings=readings, by=by, at=at)


def _drill(*, duty: Actor, head: Actor, at: datetime) -> None:
    """A drill that began, was decided and was ended, all of it before now."""
    scenario = "演练脚本：假设夜间暴雨，后缘裂缝加快，村里按橙色准备转移。"
    incident = begin_drill(by=duty, at=at, site=QUIET, level=Level.ORANGE, scenario=scenario)
    for minutes, level, opinion in (
        (12, Level.ORANGE, "演练：同意橙色，通知到人，村组干部到岗。"),
        (75, Level.NONE, "演练：人员清点齐全，演练结束。"),
    ):
        incident = decide(
            by=head,
            at=at + timedelta(minutes=minutes),
            incident=incident.uuid,
            level=level,
            attendees="会商负责人、县自然资源局值班、乡自然资源所所长",
            opinion=opinion,
            seen=incident.version,
        )


def _around(lon: float, lat: float) -> str:
    """The corners of a slope around a point, some 400 by 350 metres."""
    corners = ((-20, -12), (-8, -18), (14, -14), (21, 3), (12, 17), (-6, 19), (-19, 8))
    return "\n".join(f"{lon + dx / 10_000:.6f},{lat + dy / 10_000:.6f}" for dx, dy in corners)
