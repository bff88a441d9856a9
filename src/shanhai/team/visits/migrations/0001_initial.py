import django.db.models.deletion
import shanhai.base.database.models
import shanhai.kernel.ids
import shanhai.team.visits.states
import shanhai.team.visits.values
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0003_spelled"),
        ("programmes", "0005_amounts_down_to_nothing"),
        ("projects", "0012_project_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delegation",
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
                ("direction", models.CharField(max_length=10)),
                (
                    "guest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "host",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("purpose", models.CharField(max_length=500)),
                ("letter_number", models.CharField(blank=True, max_length=60)),
                ("letter_on", models.DateField(null=True)),
                ("state", models.CharField(default="planned", max_length=10)),
                ("planned_at", models.DateTimeField()),
                ("planned_by", models.CharField(max_length=100)),
                ("approved_by", models.CharField(blank=True, max_length=100)),
                ("provenance", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "indexes": [models.Index(fields=["programme", "state", "since"], name="visits_delegation_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "direction__in",
                                [
                                    shanhai.team.visits.values.Direction["INCOMING"],
                                    shanhai.team.visits.values.Direction["OUTGOING"],
                                ],
                            ),
                            (
                                "state__in",
                                [
                                    shanhai.team.visits.states.DelegationState["PLANNED"],
                                    shanhai.team.visits.states.DelegationState["APPROVED"],
                                    shanhai.team.visits.states.DelegationState["HELD"],
                                    shanhai.team.visits.states.DelegationState["REPORTED"],
                                    shanhai.team.visits.states.DelegationState["CANCELLED"],
                                ],
                            ),
                        ),
                        name="visits_delegation_state_and_direction_are_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))),
                        name="visits_delegation_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("guest", models.F("host")), _negated=True),
                        name="visits_delegation_visits_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("letter_number", ""), _negated=True),
                            models.Q(("state", "cancelled"), _negated=True),
                        ),
                        fields=("guest", "letter_number"),
                        name="visits_delegation_one_letter_one_visit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", ""),
                            models.Q(("approved_by", models.F("planned_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="visits_delegation_is_approved_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "delegation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="costs", to="visits.delegation"
                    ),
                ),
                ("category", models.CharField(max_length=10)),
                ("amount_fen", models.PositiveBigIntegerField()),
                ("people", models.PositiveSmallIntegerField()),
                ("companions", models.PositiveSmallIntegerField()),
                ("receipt", models.CharField(max_length=60)),
                ("over", models.BooleanField()),
                ("because", models.CharField(blank=True, max_length=500)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(max_length=100)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_fen__gt", 0),
                            (
                                "category__in",
                                [
                                    shanhai.team.visits.values.Category["MEALS"],
                                    shanhai.team.visits.values.Category["LODGING"],
                                    shanhai.team.visits.values.Category["TRANSPORT"],
                                    shanhai.team.visits.values.Category["VENUE"],
                                    shanhai.team.visits.values.Category["OTHER"],
                                ],
                            ),
                            ("companions__lt", models.F("people")),
                            ("people__gte", 1),
                        ),
                        name="visits_cost_is_possible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("receipt", ""), _negated=True), name="visits_cost_has_a_receipt"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("over", False), models.Q(("because", ""), _negated=True), _connector="OR"),
                        name="visits_cost_over_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "delegation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attendees", to="visits.delegation"
                    ),
                ),
                ("side", models.CharField(max_length=6)),
                ("name", models.CharField(blank=True, max_length=60)),
                ("title", models.CharField(blank=True, max_length=100)),
                ("user", models.CharField(blank=True, max_length=100)),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "side__in",
                                [shanhai.team.visits.values.Side["GUEST"], shanhai.team.visits.values.Side["HOST"]],
                            )
                        ),
                        name="visits_attendee_side_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("erased_at", None), models.Q(("name", ""), _negated=True)),
                            models.Q(("erased_at__isnull", False), ("name", ""), ("title", ""), ("user", "")),
                            _connector="OR",
                        ),
                        name="visits_attendee_is_named_until_erased",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DelegationMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.CharField(blank=True, max_length=20)),
                ("new", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=100)),
                ("because", models.TextField(blank=True)),
                (
                    "delegation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="visits.delegation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new__in", ["planned", "approved", "held", "reported", "cancelled"]),
                            ("old__in", ["", "planned", "approved", "held", "reported", "cancelled"]),
                            models.Q(("old", models.F("new")), _negated=True),
                        ),
                        name="visits_delegationmove_goes_from_one_known_state_to_another",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Mechanism",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("name_en", models.CharField(max_length=60)),
                ("months", models.PositiveSmallIntegerField()),
                ("since", models.DateField()),
                ("provenance", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("programme", "name"), name="visits_mechanism_is_named_once"),
                    models.CheckConstraint(
                        condition=models.Q(("months__range", (1, 36)), models.Q(("name", ""), _negated=True)),
                        name="visits_mechanism_has_a_rhythm_and_a_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "mechanism",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="meetings", to="visits.mechanism"
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("where", models.CharField(max_length=100)),
                ("agenda", models.TextField()),
                ("minutes", models.TextField(blank=True)),
                ("state", models.CharField(default="planned", max_length=10)),
                ("sequence", models.PositiveSmallIntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
                ("provenance", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    shanhai.team.visits.states.MeetingState["PLANNED"],
                                    shanhai.team.visits.states.MeetingState["MINUTED"],
                                    shanhai.team.visits.states.MeetingState["CANCELLED"],
                                ],
                            )
                        ),
                        name="visits_meeting_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))), name="visits_meeting_ends_after_it_starts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agenda", ""), _negated=True), models.Q(("where", ""), _negated=True)
                        ),
                        name="visits_meeting_says_what_and_where",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "minuted"), _negated=True),
                            models.Q(("minutes", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="visits_meeting_held_has_minutes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                (
                    "delegation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="visits.delegation",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="visits.meeting",
                    ),
                ),
                ("words", models.CharField(max_length=500)),
                ("owner", models.CharField(max_length=100)),
                ("due_on", models.DateField()),
                ("agreed_on", models.DateField()),
                ("state", models.CharField(default="agreed", max_length=10)),
                ("proof", models.CharField(blank=True, max_length=500)),
                ("closed_on", models.DateField(null=True)),
                ("provenance", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "indexes": [models.Index(fields=["programme", "state", "due_on"], name="visits_agreement_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    shanhai.team.visits.states.AgreementState["AGREED"],
                                    shanhai.team.visits.states.AgreementState["DONE"],
                                    shanhai.team.visits.states.AgreementState["CONFIRMED"],
                                    shanhai.team.visits.states.AgreementState["DROPPED"],
                                ],
                            )
                        ),
                        name="visits_agreement_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("delegation", None), ("meeting__isnull", False)),
                            models.Q(("delegation__isnull", False), ("meeting", None)),
                            _connector="OR",
                        ),
                        name="visits_agreement_is_of_a_visit_or_a_meeting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("words", ""), _negated=True), models.Q(("owner", ""), _negated=True)
                        ),
                        name="visits_agreement_says_what_and_whose",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["done", "confirmed"]), _negated=True),
                            models.Q(("proof", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="visits_agreement_that_is_done_says_how",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Standard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                ("category", models.CharField(max_length=10)),
                ("a_head_fen", models.PositiveBigIntegerField()),
                ("source", models.CharField(max_length=200)),
                ("valid_from", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "category", "valid_from"), name="visits_standard_begins_once_on_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                [
                                    shanhai.team.visits.values.Category["MEALS"],
                                    shanhai.team.visits.values.Category["LODGING"],
                                    shanhai.team.visits.values.Category["TRANSPORT"],
                                    shanhai.team.visits.values.Category["VENUE"],
                                    shanhai.team.visits.values.Category["OTHER"],
                                ],
                            )
                        ),
                        name="visits_standard_category_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("source", ""), _negated=True), ("a_head_fen__gt", 0)),
                        name="visits_standard_has_amount_and_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "delegation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stops", to="visits.delegation"
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("what", models.CharField(max_length=100)),
                ("where", models.CharField(max_length=100)),
                ("place", models.CharField(blank=True, max_length=6)),
                (
                    "project",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
                ("sequence", models.PositiveSmallIntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    shanhai.base.database.models.NoOverlap(
                        keys=("delegation_id",),
                        name="visits_stop_is_the_only_one_of_its_delegation",
                        since="since",
                        until="until",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))), name="visits_stop_ends_after_it_starts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("what", ""), _negated=True), models.Q(("where", ""), _negated=True)
                        ),
                        name="visits_stop_says_what_and_where",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.CharField(blank=True, max_length=20)),
                ("new", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=100)),
                ("because", models.TextField(blank=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="visits.agreement"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new__in", ["agreed", "done", "confirmed", "dropped"]),
                            ("old__in", ["", "agreed", "done", "confirmed", "dropped"]),
                            models.Q(("old", models.F("new")), _negated=True),
                        ),
                        name="visits_agreementmove_goes_from_one_known_state_to_another",
                    )
                ],
            },
        ),
    ]
