import django.db.models.deletion
import shanhai.base.database.models
import shanhai.kernel.ids
import shanhai.team.conduct.states
import shanhai.team.conduct.values
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conduct", "0001_leave"),
        ("people", "0001_initial"),
        ("programmes", "0005_amounts_down_to_nothing"),
        ("secondments", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="leave",
            name="to_place",
            field=models.CharField(blank=True, max_length=6),
        ),
        migrations.CreateModel(
            name="CaseFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                ("place", models.CharField(max_length=6)),
                ("kind", models.CharField(max_length=12)),
                ("happened_on", models.DateField()),
                ("words", models.CharField(blank=True, max_length=1000)),
                ("state", models.CharField(default="reported", max_length=12)),
                ("reported_at", models.DateTimeField()),
                ("reported_by", models.CharField(max_length=100)),
                ("finding", models.CharField(blank=True, max_length=1000)),
                ("found_on", models.DateField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
                ("provenance", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "indexes": [models.Index(fields=["programme", "state", "happened_on"], name="conduct_case_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    shanhai.team.conduct.states.CaseState["REPORTED"],
                                    shanhai.team.conduct.states.CaseState["INQUIRY"],
                                    shanhai.team.conduct.states.CaseState["CONFIRMED"],
                                    shanhai.team.conduct.states.CaseState["UNFOUNDED"],
                                ],
                            )
                        ),
                        name="conduct_casefile_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    shanhai.team.conduct.values.CaseKind["INTEGRITY"],
                                    shanhai.team.conduct.values.CaseKind["INJURY"],
                                    shanhai.team.conduct.values.CaseKind["TRAFFIC"],
                                    shanhai.team.conduct.values.CaseKind["PROPERTY"],
                                    shanhai.team.conduct.values.CaseKind["OTHER"],
                                ],
                            )
                        ),
                        name="conduct_casefile_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finding", ""), ("found_on", None), ("state__in", ["reported", "inquiry"])),
                            models.Q(
                                ("found_on__isnull", False),
                                ("state__in", ["confirmed", "unfounded"]),
                                models.Q(
                                    models.Q(("finding", ""), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="conduct_casefile_says_what_was_found",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseFileMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.CharField(blank=True, max_length=20)),
                ("new", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=100)),
                ("because", models.TextField(blank=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="conduct.casefile"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new__in", ["reported", "inquiry", "confirmed", "unfounded"]),
                            ("old__in", ["", "reported", "inquiry", "confirmed", "unfounded"]),
                            models.Q(("old", models.F("new")), _negated=True),
                        ),
                        name="conduct_casefilemove_goes_from_one_known_state_to_another",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseParty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parties", to="conduct.casefile"
                    ),
                ),
                ("ref", models.CharField(blank=True, max_length=100)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "person"), name="conduct_caseparty_is_named_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Declaration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                ("place", models.CharField(max_length=6)),
                (
                    "secondment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="secondments.secondment"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(max_length=12)),
                ("happened_on", models.DateField(null=True)),
                ("words", models.CharField(blank=True, max_length=1000)),
                ("declared_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
                ("provenance", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "indexes": [models.Index(fields=["programme", "year", "person"], name="conduct_declaration_of_year")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    shanhai.team.conduct.values.MatterKind["NOTHING"],
                                    shanhai.team.conduct.values.MatterKind["FAMILY"],
                                    shanhai.team.conduct.values.MatterKind["ABROAD"],
                                    shanhai.team.conduct.values.MatterKind["ASSETS"],
                                    shanhai.team.conduct.values.MatterKind["BUSINESS"],
                                    shanhai.team.conduct.values.MatterKind["PROCEEDINGS"],
                                    shanhai.team.conduct.values.MatterKind["OTHER"],
                                ],
                            )
                        ),
                        name="conduct_declaration_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "nothing"),
                            models.Q(("words", ""), _negated=True),
                            ("erased_at__isnull", False),
                            _connector="OR",
                        ),
                        name="conduct_declaration_says_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at", None), models.Q(("happened_on", None), ("words", "")), _connector="OR"
                        ),
                        name="conduct_declaration_erased_is_empty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangeTrip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                ("title", models.CharField(max_length=100)),
                ("destination", models.CharField(max_length=100)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("state", models.CharField(default="planned", max_length=10)),
                ("planned_by", models.CharField(max_length=100)),
                ("ended_on", models.DateField(null=True)),
                ("provenance", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "indexes": [models.Index(fields=["programme", "state", "until"], name="conduct_trip_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    shanhai.team.conduct.states.TripState["PLANNED"],
                                    shanhai.team.conduct.states.TripState["BEGUN"],
                                    shanhai.team.conduct.states.TripState["ENDED"],
                                    shanhai.team.conduct.states.TripState["CANCELLED"],
                                ],
                            )
                        ),
                        name="conduct_exchangetrip_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))),
                        name="conduct_exchangetrip_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True), models.Q(("destination", ""), _negated=True)
                        ),
                        name="conduct_exchangetrip_says_what_and_where",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_on__gte", models.F("since")), ("state", "ended")),
                            models.Q(models.Q(("state", "ended"), _negated=True), ("ended_on", None)),
                            _connector="OR",
                        ),
                        name="conduct_exchangetrip_ends_on_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangeTripMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.CharField(blank=True, max_length=20)),
                ("new", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=100)),
                ("because", models.TextField(blank=True)),
                (
                    "trip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="conduct.exchangetrip"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new__in", ["planned", "begun", "ended", "cancelled"]),
                            ("old__in", ["", "planned", "begun", "ended", "cancelled"]),
                            models.Q(("old", models.F("new")), _negated=True),
                        ),
                        name="conduct_exchangetripmove_goes_from_one_known_state_to_another",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HealthTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("version", models.PositiveSmallIntegerField()),
                ("items", models.JSONField()),
                ("source", models.CharField(max_length=200)),
                ("valid_from", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "kind", "version"), name="conduct_healthtemplate_version_is_there_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    shanhai.team.conduct.values.ListKind["ENTRY"],
                                    shanhai.team.conduct.values.ListKind["CHRONIC"],
                                    shanhai.team.conduct.values.ListKind["ALTITUDE"],
                                    shanhai.team.conduct.values.ListKind["EMERGENCY"],
                                    shanhai.team.conduct.values.ListKind["MONTHLY"],
                                ],
                            )
                        ),
                        name="conduct_healthtemplate_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="conduct_healthtemplate_has_a_source"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HealthSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                ("place", models.CharField(max_length=6)),
                (
                    "secondment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="secondments.secondment"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="conduct.healthtemplate"
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("day", models.DateField()),
                ("answers", models.JSONField()),
                ("beyond", models.PositiveSmallIntegerField()),
                ("filled_at", models.DateTimeField()),
                ("filled_by", models.CharField(max_length=100)),
                ("erased_at", models.DateTimeField(null=True)),
                ("provenance", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["programme", "kind", "person", "-day"], name="conduct_sheet_of_person")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    shanhai.team.conduct.values.ListKind["ENTRY"],
                                    shanhai.team.conduct.values.ListKind["CHRONIC"],
                                    shanhai.team.conduct.values.ListKind["ALTITUDE"],
                                    shanhai.team.conduct.values.ListKind["EMERGENCY"],
                                    shanhai.team.conduct.values.ListKind["MONTHLY"],
                                ],
                            )
                        ),
                        name="conduct_healthsheet_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at", None), models.Q(("answers", {}), ("beyond", 0)), _connector="OR"
                        ),
                        name="conduct_healthsheet_erased_is_empty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("text", models.TextField()),
                ("source", models.CharField(max_length=200)),
                ("set_at", models.DateTimeField()),
                ("set_by", models.CharField(max_length=100)),
                ("provenance", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("programme", "year"), name="conduct_letter_is_one_of_a_year"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True), models.Q(("source", ""), _negated=True)
                        ),
                        name="conduct_letter_has_words_and_a_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                ("key", models.CharField(max_length=20)),
                ("value", models.PositiveSmallIntegerField()),
                ("source", models.CharField(max_length=200)),
                ("valid_from", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "key", "valid_from"), name="conduct_limit_begins_once_on_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "key__in",
                                [
                                    shanhai.team.conduct.values.LimitKey["NOTICE_HOURS"],
                                    shanhai.team.conduct.values.LimitKey["FUEL_PERCENT"],
                                    shanhai.team.conduct.values.LimitKey["ROAD_PERCENT"],
                                    shanhai.team.conduct.values.LimitKey["KM_AN_HOUR"],
                                    shanhai.team.conduct.values.LimitKey["AWAY_DAYS"],
                                    shanhai.team.conduct.values.LimitKey["LETTERS_BY_MONTH"],
                                    shanhai.team.conduct.values.LimitKey["MATTERS_BY_MONTH"],
                                    shanhai.team.conduct.values.LimitKey["CASE_DAYS"],
                                    shanhai.team.conduct.values.LimitKey["TABLE_BY_DAY"],
                                ],
                            )
                        ),
                        name="conduct_limit_key_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="conduct_limit_has_a_source"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                ("what", models.CharField(max_length=12)),
                ("by", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["person", "-at"], name="conduct_opening_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "what__in",
                                [
                                    shanhai.team.conduct.values.Sealed["DECLARATION"],
                                    shanhai.team.conduct.values.Sealed["HEALTH"],
                                ],
                            )
                        ),
                        name="conduct_opening_what_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="conduct.letter"
                    ),
                ),
                (
                    "secondment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="secondments.secondment"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                ("signed_at", models.DateTimeField()),
                ("signed_by", models.CharField(max_length=100)),
                ("countersigned_at", models.DateTimeField(null=True)),
                ("countersigned_by", models.CharField(blank=True, max_length=100)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("letter", "person"), name="conduct_signature_is_one_of_a_person"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("countersigned_at", None), ("countersigned_by", "")),
                            models.Q(
                                ("countersigned_at__isnull", False),
                                models.Q(("countersigned_by", ""), _negated=True),
                                models.Q(("countersigned_by", models.F("signed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="conduct_signature_is_countersigned_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TripMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "trip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="conduct.exchangetrip"
                    ),
                ),
                (
                    "secondment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="secondments.secondment"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                ("taught_on", models.DateField(null=True)),
                ("taught_by", models.CharField(blank=True, max_length=100)),
                ("about", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("trip", "person"), name="conduct_tripmember_goes_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("about", ""), ("taught_by", ""), ("taught_on", None)),
                            models.Q(
                                ("taught_on__isnull", False),
                                models.Q(("taught_by", ""), _negated=True),
                                models.Q(("about", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="conduct_tripmember_says_who_taught_what",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Vehicle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                ("place", models.CharField(max_length=6)),
                ("plate", models.CharField(max_length=12, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("seats", models.PositiveSmallIntegerField()),
                ("litres", models.DecimalField(decimal_places=1, max_digits=4)),
                ("odometer_km", models.PositiveIntegerField()),
                ("retired_on", models.DateField(null=True)),
                ("provenance", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("plate", ""), _negated=True), models.Q(("name", ""), _negated=True)
                        ),
                        name="conduct_vehicle_has_a_plate_and_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("litres__gt", 0), ("seats__range", (1, 60))),
                        name="conduct_vehicle_seats_and_litres_are_possible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VehicleUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                ("place", models.CharField(max_length=6)),
                (
                    "secondment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="secondments.secondment"
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("destination", models.CharField(max_length=100)),
                ("to_place", models.CharField(blank=True, max_length=6)),
                ("purpose", models.CharField(max_length=200)),
                ("people", models.PositiveSmallIntegerField()),
                ("because", models.CharField(blank=True, max_length=200)),
                ("state", models.CharField(default="asked", max_length=10)),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=100)),
                (
                    "vehicle",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="conduct.vehicle",
                    ),
                ),
                (
                    "driver",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                ("out_at", models.DateTimeField(null=True)),
                ("km_out", models.PositiveIntegerField(null=True)),
                ("back_at", models.DateTimeField(null=True)),
                ("km_in", models.PositiveIntegerField(null=True)),
                ("fuel", models.DecimalField(decimal_places=1, max_digits=6, null=True)),
                ("overnight", models.CharField(blank=True, max_length=100)),
                ("doubts", models.CharField(blank=True, max_length=100)),
                ("explained", models.CharField(blank=True, max_length=200)),
                ("provenance", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["programme", "state", "until"], name="conduct_use_by_state"),
                    models.Index(fields=["vehicle", "since"], name="conduct_use_of_vehicle"),
                    models.Index(fields=["secondment", "since"], name="conduct_use_of_secondment"),
                ],
                "constraints": [
                    shanhai.base.database.models.NoOverlap(
                        condition=models.Q(("state__in", ["given", "out", "returned"])),
                        keys=("vehicle_id",),
                        name="conduct_vehicleuse_is_the_only_one_of_its_vehicle",
                        since="since",
                        until="until",
                    ),
                    shanhai.base.database.models.NoOverlap(
                        condition=models.Q(("state__in", ["given", "out", "returned"])),
                        keys=("driver_id",),
                        name="conduct_vehicleuse_is_the_only_one_of_its_driver",
                        since="since",
                        until="until",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "out")), fields=("vehicle",), name="conduct_vehicleuse_one_is_out"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))),
                        name="conduct_vehicleuse_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    shanhai.team.conduct.states.UseState["ASKED"],
                                    shanhai.team.conduct.states.UseState["GIVEN"],
                                    shanhai.team.conduct.states.UseState["OUT"],
                                    shanhai.team.conduct.states.UseState["RETURNED"],
                                    shanhai.team.conduct.states.UseState["REFUSED"],
                                    shanhai.team.conduct.states.UseState["CANCELLED"],
                                ],
                            )
                        ),
                        name="conduct_vehicleuse_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["given", "out", "returned"]), _negated=True),
                            models.Q(("driver__isnull", False), ("vehicle__isnull", False)),
                            _connector="OR",
                        ),
                        name="conduct_vehicleuse_that_is_given_has_vehicle_and_driver",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "returned"), _negated=True),
                            models.Q(
                                ("back_at__gte", models.F("out_at")),
                                ("fuel__gte", 0),
                                ("km_in__gte", models.F("km_out")),
                            ),
                            _connector="OR",
                        ),
                        name="conduct_vehicleuse_comes_back_after_it_left",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("destination", ""), _negated=True),
                            models.Q(("purpose", ""), _negated=True),
                            ("people__gte", 1),
                        ),
                        name="conduct_vehicleuse_says_where_and_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VehicleUseMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.CharField(blank=True, max_length=20)),
                ("new", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=100)),
                ("because", models.TextField(blank=True)),
                (
                    "use",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="conduct.vehicleuse"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new__in", ["asked", "given", "out", "returned", "refused", "cancelled"]),
                            ("old__in", ["", "asked", "given", "out", "returned", "refused", "cancelled"]),
                            models.Q(("old", models.F("new")), _negated=True),
                        ),
                        name="conduct_vehicleusemove_goes_from_one_known_state_to_another",
                    )
                ],
            },
        ),
    ]
