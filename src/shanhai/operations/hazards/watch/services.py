# SPDX-License-Identifier: Apache-2.0
"""The engine: what came since the last look becomes judgements of sites, and proposals where they rise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.db import connection, transaction

from shanhai.base.database.services import insert_many, not_giving_way, update_many
from shanhai.field.sensors.values import EXCLUDED, datetime_of, instant_of
from shanhai.kernel.actors import Actor
from shanhai.operations.hazards.cap.services import MOST_DAYS
from shanhai.operations.hazards.criteria.rules.running import NEVER, Change, SiteRun, Watched
from shanhai.operations.hazards.criteria.rules.tracks.base import SECOND
from shanhai.operations.hazards.criteria.values import Judged, Point, Thresholds
from shanhai.operations.hazards.incidents.services.levels import propose
from shanhai.operations.hazards.models import Heartbeat, Judgement, MonitoringPoint, SiteTrack, ThresholdSet, Track
from shanhai.operations.hazards.states import ThresholdState
from shanhai.operations.hazards.values import Lack, Quantity, Zone
from shanhai.operations.hazards.watch.selectors import ENGINE, News, due_sites, list_news

log = structlog.get_logger("shanhai.hazards")

SITES_AT_ONCE, ROWS_AT_ONCE = 100, 50_000
_BEAT, _AGAIN = timedelta(seconds=5), 60 * SECOND
_ANSWER = ("thresholds_id", "memory", "level", "lack", "reasons", "since", "due", "told")


@dataclass
class Round:
    """What one look did: sites judged, readings stepped, answers that changed."""

    sites: int = 0
    readings: int = 0
    changes: int = 0


@dataclass
class _Site:
    """A site at work: ``news`` up to ``until``, which is now unless more came than one batch takes."""

    track: SiteTrack
    thresholds: ThresholdSet | None
    points: dict[int, MonitoringPoint]
    until: int
    news: list[News] = field(default_factory=list)


@dataclass
class _Outcome:
    """What came of it: the answer now, those on the way to it, what is to be remembered."""

    answer: Judged
    changes: Sequence[Change]
    memory: dict[str, Any]
    due: int
    tracks: list[tuple[Any, ...]]


def judge_due(*, by: Actor, at: datetime) -> Round:
    """Step every reading that came and judge its site; some sites at a time, each in the transaction of its batch.

    A killed process leaves a batch as it was. Two processes never judge one site at the same time. A site that cannot
    be judged says so (``Lack.INVALID``) and holds up no other.
    """
    done, now, seen = Round(), instant_of(at), set[int]()
    _beat(at)
    # What is due again at once waits for the next round: it must not keep the others from their turn.
    while keys := [key for key in due_sites(now=now, most=SITES_AT_ONCE) if key not in seen]:
        seen.update(keys)
        one = not_giving_way(partial(_judge, keys, by=by, at=at, now=now))
        done.sites, done.readings = done.sites + one.sites, done.readings + one.readings
        done.changes += one.changes
    return done


@transaction.atomic
def _judge(keys: Sequence[int], *, by: Actor, at: datetime, now: int) -> Round:
    sites = _opened(keys, now)
    _give_news(sites, now)
    outcomes = {key: _outcome(one, now) for key, one in sites.items()}
    for key, one in outcomes.items():
        _tell(sites[key], one, by=by, at=at, now=now)

    update_many(Track, ("memory", "time", "conclusions"), [row for one in outcomes.values() for row in one.tracks])
    answers = [_answer(sites[key], one) for key, one in outcomes.items()]
    update_many(SiteTrack, _ANSWER, answers)
    SiteTrack.objects.filter(pk__in=[row[0] for row in answers]).update(judged_at=at)
    changes = [
        (key, _version(sites[key]), change.time, at, *_said(change.judged))
        for key, one in outcomes.items()
        for change in one.changes
    ]
    insert_many(Judgement, ("site_id", "thresholds_id", "time", "at", "level", "lack", "reasons"), changes)
    return Round(len(sites), sum(len(one.news) for one in sites.values()), len(changes))


def _opened(keys: Sequence[int], now: int) -> dict[int, _Site]:
    """These sites but those at which another process works, with points that all have a track."""
    SiteTrack.objects.bulk_create([SiteTrack(site_id=key) for key in keys], ignore_conflicts=True)
    held = SiteTrack.objects.filter(site__in=keys).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        # The site, too: whoever changes it or decides about it holds it first, and would wait for the track.
        held = held.select_related("site").select_for_update(skip_locked=True, of=("self", "site"), no_key=True)
    tracks = {one.site_id: one for one in held}
    approved = ThresholdSet.objects.filter(site__in=tracks, state=ThresholdState.APPROVED)
    in_force = {one.site_id: one for one in approved}
    sites = {key: _Site(one, in_force.get(key), {}, now) for key, one in tracks.items()}

    points = MonitoringPoint.objects.filter(site__in=sites, removed_at=None).select_related("track").order_by("pk")
    found = list(points)
    new = [Track(point=one, time=_begin(one, now)) for one in found if not hasattr(one, "track")]
    for made in Track.objects.bulk_create(new):
        made.point.track = made
    anew = []
    for point in found:
        site = sites[point.site_id]
        site.points[point.pk] = point
        basis = [point.counts_from, point.factor, point.quantity, _version(site)]
        if point.track.basis != basis:
            # What was remembered was judged by other numbers: the latest past is stepped anew.
            track = point.track
            track.basis, track.memory, track.time, track.conclusions = basis, {}, _begin(point, now), []
            anew.append(track)
    Track.objects.bulk_update(anew, ("basis", "memory", "time", "conclusions"))
    for site in sites.values():
        if site.track.thresholds_id != _version(site):
            site.track.memory = {}
    return sites


def _begin(point: MonitoringPoint, now: int) -> int:
    """Just before the first reading that a new track steps."""
    past: int = settings.HAZARDS_PAST_DAYS * 86_400 * SECOND
    return max(point.counts_from, now - past) - 1


def _give_news(sites: dict[int, _Site], now: int) -> None:
    rows = list_news(sites=list(sites), now=now, most=ROWS_AT_ONCE)
    if len(rows) == ROWS_AT_ONCE:
        # Cut within a site: it is judged up to there, the sites behind it in the next round.
        last = rows[-1]
        for key in [key for key in sites if key > last.site]:
            del sites[key]
        sites[last.site].until = last.time - 1
    for row in rows:
        site = sites.get(row.site)
        if site and row.time <= site.until:
            site.news.append(row)


def _outcome(site: _Site, now: int) -> _Outcome:
    """Step the news of a site. What a fault leaves is no answer, and says so."""
    track = site.track
    if site.thresholds is None:
        return _unable(track, Lack.NOT_APPLICABLE, {"code": "no_thresholds"}, now, due=NEVER)
    try:
        run = _run(site, site.thresholds)
        changes: list[Change] = []
        for time, rows in groupby(site.news, lambda row: row.time):
            readings = [(site.points[row.point], row.number) for row in rows if not row.quality & EXCLUDED]
            good = [(str(point.uuid), number * point.factor) for point, number in readings if number is not None]
            if good:
                changes += run.take(time, good)
        changes += run.advance(site.until)
        tracks = [
            (point.track.pk, _json(run.track(key)), _time(site, point), _json(run.said(key)))
            for key, point in ((str(one.uuid), one) for one in site.points.values())
        ]
        return _Outcome(run.answer, changes, run.memory(), run.due if site.until == now else 0, tracks)
    except Exception as error:
        log.exception("a site could not be judged", site=track.site_id)
        return _unable(track, Lack.INVALID, {"code": "engine", "error": type(error).__name__}, now, due=now + _AGAIN)


def _run(site: _Site, thresholds: ThresholdSet) -> SiteRun:
    points = {
        str(one.uuid): Watched(
            Point(Quantity(one.quantity), Zone(one.zone), one.weight),
            one.track.memory,
            one.track.conclusions,
            decides=one.apart_at is None,
        )
        for one in site.points.values()
    }
    return SiteRun(Thresholds.read(thresholds.numbers), points, site.track.memory)


def _unable(track: SiteTrack, lack: Lack, reason: dict[str, Any], now: int, *, due: int) -> _Outcome:
    said = Judged(None, lack, [reason])
    changes = [] if (track.level, track.lack) == (None, lack) else [Change(now, said)]
    return _Outcome(said, changes, track.memory, due, [])


def _time(site: _Site, point: MonitoringPoint) -> int | None:
    return max((row.time for row in site.news if row.point == point.pk), default=point.track.time)


def _tell(site: _Site, one: _Outcome, *, by: Actor, at: datetime, now: int) -> None:
    """Propose the level to which a site has risen, by what is known now: a past that came late proposes nothing."""
    level = one.answer.level
    if level is None or site.until < now:
        return
    if level > site.track.told:
        try:
            with transaction.atomic():
                propose(
                    by=by,
                    at=at,
                    site=site.track.site.code,
                    level=level,
                    because="",
                    reasons=one.answer.reasons,
                    expected_at=_expected(one.answer, at),
                )
        except Exception:
            log.exception("a level could not be proposed", site=site.track.site_id)
            one.due = min(one.due, now + _AGAIN)
            return
    site.track.told = level


def _expected(judged: Judged, at: datetime) -> datetime | None:
    """The earliest instant at which an inverse velocity reaches zero, where one does within the time of an alert."""
    early = [one["numbers"]["early"] for one in judged.reasons if one.get("numbers", {}).get("early")]
    # A line that hardly falls reaches zero in a year that no calendar has.
    soonest = min(early, default=float("inf"))
    return datetime_of(int(soonest * SECOND)) if soonest < (at + timedelta(days=MOST_DAYS)).timestamp() else None


def _answer(site: _Site, one: _Outcome) -> tuple[Any, ...]:
    since = one.changes[-1].time if one.changes else site.track.since
    answer = (site.track.pk, _version(site), _json(one.memory), *_said(one.answer))
    return (*answer, since, one.due, site.track.told)


def _said(judged: Judged) -> tuple[int | None, str, str]:
    return judged.level, judged.lack or "", _json(judged.reasons)


def _version(site: _Site) -> int | None:
    return site.thresholds.pk if site.thresholds else None


def _json(given: Any) -> str:
    return orjson.dumps(given).decode()


def _beat(at: datetime) -> None:
    fresh = Heartbeat.objects.filter(name=ENGINE, at__gt=at - _BEAT)
    if not fresh.exists():
        Heartbeat.objects.update_or_create(name=ENGINE, defaults={"at": at})
