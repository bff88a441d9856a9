import django.db.models.deletion
import shanhai.base.database.models
import shanhai.kernel.ids
import shanhai.team.conduct.states
import shanhai.team.conduct.values
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
        ("programmes", "0005_amounts_down_to_nothing"),
        ("secondments", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LeaveKind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                ("name", models.CharField(max_length=40)),
                ("name_en", models.CharField(max_length=60)),
                ("counts", models.CharField(max_length=10)),
                ("days_a_year", models.PositiveSmallIntegerField(null=True)),
                ("notice_days", models.PositiveSmallIntegerField(default=0)),
                ("needs_stand_in", models.BooleanField(default=True)),
                ("source", models.CharField(max_length=200)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(null=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "name", "valid_from"), name="conduct_leavekind_begins_once_on_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "counts__in",
                                [
                                    shanhai.team.conduct.values.Counts["WORKDAYS"],
                                    shanhai.team.conduct.values.Counts["ALL_DAYS"],
                                ],
                            )
                        ),
                        name="conduct_leavekind_counts_known_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="conduct_leavekind_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True), models.Q(("source", ""), _negated=True)
                        ),
                        name="conduct_leavekind_has_a_name_and_a_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                ("place", models.CharField(max_length=6)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("days", models.PositiveSmallIntegerField()),
                ("by_year", models.JSONField()),
                ("provisional", models.BooleanField()),
                ("where", models.CharField(max_length=100)),
                ("altitude_m", models.IntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("state", models.CharField(default="asked", max_length=10)),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=100)),
                ("back_on", models.DateField(null=True)),
                ("provenance", models.CharField(blank=True, max_length=10)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                (
                    "secondment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="secondments.secondment"
                    ),
                ),
                (
                    "stand_in",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="secondments.secondment",
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="conduct.leavekind"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["programme", "state", "until"], name="conduct_leave_by_state"),
                    models.Index(fields=["person", "since"], name="conduct_leave_of_person"),
                ],
                "constraints": [
                    shanhai.base.database.models.NoOverlap(
                        condition=models.Q(("state__in", ["asked", "approved", "back"])),
                        keys=("person_id",),
                        name="conduct_leave_is_the_only_one_of_a_person",
                        since="since",
                        until="until",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))), name="conduct_leave_ends_after_it_starts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    shanhai.team.conduct.states.LeaveState["ASKED"],
                                    shanhai.team.conduct.states.LeaveState["APPROVED"],
                                    shanhai.team.conduct.states.LeaveState["REFUSED"],
                                    shanhai.team.conduct.states.LeaveState["CANCELLED"],
                                    shanhai.team.conduct.states.LeaveState["BACK"],
                                ],
                            )
                        ),
                        name="conduct_leave_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("back_on__isnull", False), ("state", "back")),
                            models.Q(models.Q(("state", "back"), _negated=True), ("back_on", None)),
                            _connector="OR",
                        ),
                        name="conduct_leave_says_when_somebody_came_back",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("where", ""), _negated=True), name="conduct_leave_says_where"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("altitude_m", None), ("altitude_m__range", (-200, 9000)), _connector="OR"),
                        name="conduct_leave_altitude_is_possible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LeaveMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.CharField(blank=True, max_length=20)),
                ("new", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=100)),
                ("because", models.TextField(blank=True)),
                (
                    "leave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="conduct.leave"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new__in", ["asked", "approved", "refused", "cancelled", "back"]),
                            ("old__in", ["", "asked", "approved", "refused", "cancelled", "back"]),
                            models.Q(("old", models.F("new")), _negated=True),
                        ),
                        name="conduct_leavemove_goes_from_one_known_state_to_another",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LeaveRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.CharField(max_length=10)),
                ("from_days", models.PositiveSmallIntegerField()),
                ("months", models.CharField(blank=True, max_length=30)),
                ("source", models.CharField(max_length=200)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("programme", "level"), name="conduct_leaverule_is_one_a_level"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "level__in",
                                [
                                    shanhai.team.conduct.values.Level["LEAD"],
                                    shanhai.team.conduct.values.Level["OFFICE"],
                                    shanhai.team.conduct.values.Level["COMMAND"],
                                ],
                            )
                        ),
                        name="conduct_leaverule_level_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("months__regex", "^(([1-9]|1[0-2])(,([1-9]|1[0-2]))*)?\\Z")),
                        name="conduct_leaverule_months_are_months",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LocalHoliday",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("works", models.BooleanField(default=False)),
                ("name", models.CharField(max_length=40)),
                ("source", models.CharField(max_length=200)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("programme", "day"), name="conduct_localholiday_is_said_once"),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="conduct_localholiday_has_a_source"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LeaveApproval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("level", models.CharField(max_length=10)),
                ("passed", models.BooleanField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=100)),
                (
                    "leave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="approvals", to="conduct.leave"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("leave", "position"), name="conduct_leaveapproval_has_a_place_of_its_own"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "level__in",
                                [
                                    shanhai.team.conduct.values.Level["LEAD"],
                                    shanhai.team.conduct.values.Level["OFFICE"],
                                    shanhai.team.conduct.values.Level["COMMAND"],
                                ],
                            )
                        ),
                        name="conduct_leaveapproval_level_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", ""), ("passed", None)),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("passed__isnull", False),
                                models.Q(("decided_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="conduct_leaveapproval_says_who_and_when",
                    ),
                ],
            },
        ),
    ]
