# SPDX-License-Identifier: Apache-2.0
"""Administrative divisions, their outlines, and sites. All coordinates are WGS 84 degrees."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.registers.places.values import ENDING, STARTING, ChangeKind, Level, SiteKind

PROVENANCES = ("", "public", "demo")
CODE = r"^[1-9][0-9]{5}\Z"
DAY_OR_YEAR = "[12][0-9]{3}(-[01][0-9]-[0-3][0-9])?"
# The codes that a registered division has followed, however many changes later; UNION ends where these go in a circle.
FOLLOWED = f"""
    WITH RECURSIVE
        step AS (
            SELECT code_old, code_new FROM places_divisionchange
            WHERE kind IN ({", ".join(["%s"] * len(ENDING))}) AND code_old NOT IN ('', code_new)
        ),
        way AS (
            SELECT code_old, code_new FROM step
            UNION SELECT way.code_old, step.code_new FROM way JOIN step ON step.code_old = way.code_new
        )
    SELECT way.code_old FROM way JOIN places_division later ON later.code = way.code_new AND later.code <> way.code_old
"""  # noqa: S608 - only marks for values


class DivisionQuerySet(models.QuerySet["Division"]):
    def date(self) -> None:
        """Say of these divisions since and until when they hold, as far as the changes tell."""
        since: dict[str, str] = {}
        until: dict[str, str] = {}
        for change in DivisionChange.objects.using(self.db).exclude(code_old=F("code_new")).order_by("since", "pk"):
            if change.kind in ENDING:
                until[change.code_old] = change.since
            if change.kind in STARTING:
                since[change.code_new] = change.since
        changed = []
        for division in self.filter(code__in=since.keys() | until.keys()).order_by("code"):
            dates = (since.get(division.code, division.valid_from), until.get(division.code, division.valid_to))
            if dates != (division.valid_from, division.valid_to):
                division.valid_from, division.valid_to = dates
                changed.append(division)
        self.bulk_update(changed, ["valid_from", "valid_to"], batch_size=200)

    def in_force(self) -> DivisionQuerySet:
        """Those that hold, and those that are no more while nothing registered has followed, after however many."""
        return self.filter(Q(valid_to="") | ~Q(code__in=RawSQL(FOLLOWED, sorted(ENDING))))  # noqa: S611 - ours


class Division(models.Model):
    """A province, prefecture or county under its GB/T 2260 code.

    Its outline stands in a table of its own, so that joining a division never loads a polygon. ``changed_at`` is when
    the division or its outline last changed; ``spelled`` has the words by which it is found beside its names.
    ``valid_from`` and ``valid_to`` are a day, or a year where only that is
    sure; "" is unknown, or open.
    """

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    code = models.CharField(max_length=6, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, blank=True)
    spelled = models.TextField(blank=True)
    level = models.CharField(max_length=12)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    label_lon = models.FloatField(null=True)
    label_lat = models.FloatField(null=True)
    valid_from = models.CharField(max_length=10, blank=True)
    valid_to = models.CharField(max_length=10, blank=True)
    provenance = models.CharField(max_length=10, blank=True)
    changed_at = models.DateTimeField()

    objects = DivisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE), name="places_division_code_is_six_digits"),
            models.CheckConstraint(
                condition=Q(level=Level.PROVINCE, code__endswith="0000")
                | (Q(level=Level.PREFECTURE, code__endswith="00") & ~Q(code__endswith="0000"))
                | (Q(level=Level.COUNTY) & ~Q(code__endswith="00")),
                name="places_division_level_follows_from_its_code",
            ),
            models.CheckConstraint(
                condition=Q(level=Level.PROVINCE, parent=None) | (~Q(level=Level.PROVINCE) & Q(parent__isnull=False)),
                name="places_division_only_a_province_has_no_parent",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="places_division_name_is_not_empty"),
            models.CheckConstraint(
                # Null compares as unknown, which a check lets pass: that both are there must be said.
                condition=Q(label_lon=None, label_lat=None)
                | Q(label_lon__isnull=False, label_lat__isnull=False)
                & Q(label_lon__range=(-180, 180), label_lat__range=(-90, 90)),
                name="places_division_label_is_a_point_on_earth_or_absent",
            ),
            models.CheckConstraint(condition=Q(provenance__in=PROVENANCES), name="places_division_provenance_is_known"),
            models.CheckConstraint(
                condition=Q(valid_from__regex=f"^({DAY_OR_YEAR})?\\Z", valid_to__regex=f"^({DAY_OR_YEAR})?\\Z"),
                name="places_division_is_valid_from_and_to_a_day_or_a_year",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class DivisionChange(models.Model):
    """How a division became another; ``since`` is a day, or a year where only that is sure; "" is what none had."""

    code_old = models.CharField(max_length=6, blank=True)
    code_new = models.CharField(max_length=6)
    name_old = models.CharField(max_length=60, blank=True)
    name_new = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    since = models.CharField(max_length=10)
    source = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code_old", "name_old", "code_new"], name="places_divisionchange_happens_once"
            ),
            models.CheckConstraint(
                condition=Q(code_new__regex=CODE) & (Q(code_old="") | Q(code_old__regex=CODE)),
                name="places_divisionchange_codes_are_six_digits",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(ChangeKind)), name="places_divisionchange_kind_is_known"),
            models.CheckConstraint(
                condition=Q(since__regex=f"^{DAY_OR_YEAR}\\Z"), name="places_divisionchange_is_since_a_day_or_a_year"
            ),
            models.CheckConstraint(
                condition=~Q(name_new="") & ~Q(source=""),
                name="places_divisionchange_names_what_followed_and_its_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code_old} → {self.code_new} {self.since}"


class Outline(models.Model):
    """The area of a division as WKB, beside its bounding box, which is what queries look at first."""

    division = models.OneToOneField(Division, on_delete=models.CASCADE, related_name="outline")
    wkb = models.BinaryField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(west__gte=-180, south__gte=-90, east__lte=180, north__lte=90),
                name="places_outline_box_lies_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(west__lt=F("east"), south__lt=F("north")), name="places_outline_box_has_an_extent"
            ),
        ]
        indexes = [models.Index(fields=["west", "east", "south", "north"], name="places_outline_box")]

    def __str__(self) -> str:
        return f"{self.division_id} [{self.west} {self.south} {self.east} {self.north}]"


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, viewer: Actor) -> SiteQuerySet:
        """All sites for whoever may view some programme, else none: a site is no secret among those who work here."""
        return self.all() if viewer.may_somewhere(Permission.PROGRAMME_VIEW) else self.none()


class Site(models.Model):
    """A named point in a division, with its altitude where that is known."""

    uuid = models.UUIDField(unique=True, default=ids.new_id, editable=False)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, default=SiteKind.OTHER)
    lon = models.FloatField()
    lat = models.FloatField()
    altitude_m = models.IntegerField(null=True)
    provenance = models.CharField(max_length=10, blank=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["division", "name"], name="places_site_is_named_once_in_its_division"),
            models.CheckConstraint(condition=~Q(name=""), name="places_site_name_is_not_empty"),
            models.CheckConstraint(condition=Q(kind__in=list(SiteKind)), name="places_site_kind_is_known"),
            models.CheckConstraint(
                condition=Q(lon__range=(-180, 180), lat__range=(-90, 90)), name="places_site_is_a_point_on_earth"
            ),
            models.CheckConstraint(
                condition=Q(altitude_m=None) | Q(altitude_m__range=(-200, 9000)),
                name="places_site_altitude_is_possible",
            ),
            models.CheckConstraint(condition=Q(provenance__in=PROVENANCES), name="places_site_provenance_is_known"),
        ]
        indexes = [models.Index(fields=["lat", "lon"], name="places_site_point")]

    def __str__(self) -> str:
        return self.name
