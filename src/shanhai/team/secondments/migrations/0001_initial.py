import django.db.models.deletion
import shanhai.base.database.models
import shanhai.kernel.ids
import shanhai.team.secondments.states
import shanhai.team.secondments.values
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0003_spelled"),
        ("people", "0001_initial"),
        ("programmes", "0005_amounts_down_to_nothing"),
    ]

    operations = [
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                ("place", models.CharField(max_length=6)),
                ("title", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=20)),
                ("full_time", models.BooleanField(default=True)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("needs", models.CharField(blank=True, max_length=500)),
                ("altitude_m", models.IntegerField(null=True)),
                ("state", models.CharField(default="asked", max_length=10)),
                ("asked_by", models.CharField(max_length=100)),
                ("moved_at", models.DateTimeField()),
                ("provenance", models.CharField(blank=True, max_length=10)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.batch"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["programme", "state", "until", "since", "place", "kind", "provenance"],
                        name="secondments_post_by_state",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    shanhai.team.secondments.states.PostState["ASKED"],
                                    shanhai.team.secondments.states.PostState["OPEN"],
                                    shanhai.team.secondments.states.PostState["DECLINED"],
                                    shanhai.team.secondments.states.PostState["CLOSED"],
                                ],
                            )
                        ),
                        name="secondments_post_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    shanhai.team.secondments.values.PostKind["CADRE"],
                                    shanhai.team.secondments.values.PostKind["TECHNICAL"],
                                    shanhai.team.secondments.values.PostKind["MEDICAL_TEAM"],
                                    shanhai.team.secondments.values.PostKind["SCHOOL_TEAM"],
                                    shanhai.team.secondments.values.PostKind["SHORT_TERM"],
                                ],
                            )
                        ),
                        name="secondments_post_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))),
                        name="secondments_post_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="secondments_post_title_is_not_empty"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("altitude_m", None), ("altitude_m__range", (-200, 9000)), _connector="OR"),
                        name="secondments_post_altitude_is_possible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("provenance__in", ("", "public", "demo"))),
                        name="secondments_post_provenance_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Nomination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                ("state", models.CharField(default="proposed", max_length=10)),
                ("proposed_by", models.CharField(max_length=100)),
                ("moved_at", models.DateTimeField()),
                ("papers_at", models.DateTimeField(null=True)),
                ("papers_by", models.CharField(blank=True, max_length=100)),
                ("fitness_at", models.DateTimeField(null=True)),
                ("fitness_by", models.CharField(blank=True, max_length=100)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="nominations", to="secondments.post"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    shanhai.team.secondments.states.NominationState["PROPOSED"],
                                    shanhai.team.secondments.states.NominationState["CLEARED"],
                                    shanhai.team.secondments.states.NominationState["DISPATCHED"],
                                    shanhai.team.secondments.states.NominationState["REFUSED"],
                                    shanhai.team.secondments.states.NominationState["WITHDRAWN"],
                                ],
                            )
                        ),
                        name="secondments_nomination_state_is_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["proposed", "cleared"])),
                        fields=("post", "person"),
                        name="secondments_nomination_names_a_person_once_for_a_post",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["cleared", "dispatched"]), _negated=True),
                            models.Q(
                                ("fitness_at__isnull", False),
                                ("papers_at__isnull", False),
                                models.Q(("papers_by", ""), _negated=True),
                                models.Q(("fitness_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="secondments_nomination_is_cleared_by_both_checks",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("papers_by", models.F("proposed_by")), _negated=True),
                            models.Q(("fitness_by", models.F("proposed_by")), _negated=True),
                        ),
                        name="secondments_nomination_is_not_checked_by_who_proposed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PostMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.CharField(blank=True, max_length=20)),
                ("new", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=100)),
                ("because", models.TextField(blank=True)),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="secondments.post"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new__in", ["asked", "open", "declined", "closed"]),
                            ("old__in", ["", "asked", "open", "declined", "closed"]),
                            models.Q(("old", models.F("new")), _negated=True),
                        ),
                        name="secondments_postmove_goes_from_one_known_state_to_another",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Secondment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                ("place", models.CharField(max_length=6)),
                ("kind", models.CharField(max_length=20)),
                ("full_time", models.BooleanField()),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("ending", models.CharField(default="planned", max_length=10)),
                ("ended_because", models.CharField(blank=True, max_length=500)),
                ("provenance", models.CharField(blank=True, max_length=10)),
                (
                    "nomination",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="secondment",
                        to="secondments.nomination",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="secondments", to="secondments.post"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                (
                    "relieves",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="relieved_by",
                        to="secondments.secondment",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["programme", "until", "since", "place", "kind", "provenance", "post"],
                        name="secondments_by_day",
                    ),
                    models.Index(fields=["programme", "place", "kind", "since"], name="secondments_by_place"),
                    models.Index(fields=["person", "until"], name="secondments_of_person"),
                ],
                "constraints": [
                    shanhai.base.database.models.NoOverlap(
                        condition=models.Q(("full_time", True)),
                        keys=("person_id",),
                        name="secondments_secondment_is_the_only_full_time_one_of_a_person",
                        since="since",
                        until="until",
                    ),
                    shanhai.base.database.models.NoOverlap(
                        keys=("post_id",),
                        name="secondments_secondment_is_alone_in_its_post",
                        since="since",
                        until="until",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))),
                        name="secondments_secondment_ends_after_its_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    shanhai.team.secondments.values.PostKind["CADRE"],
                                    shanhai.team.secondments.values.PostKind["TECHNICAL"],
                                    shanhai.team.secondments.values.PostKind["MEDICAL_TEAM"],
                                    shanhai.team.secondments.values.PostKind["SCHOOL_TEAM"],
                                    shanhai.team.secondments.values.PostKind["SHORT_TERM"],
                                ],
                            )
                        ),
                        name="secondments_secondment_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ending__in",
                                [
                                    shanhai.team.secondments.values.Ending["PLANNED"],
                                    shanhai.team.secondments.values.Ending["EARLY"],
                                    shanhai.team.secondments.values.Ending["RELIEVED"],
                                ],
                            )
                        ),
                        name="secondments_secondment_ending_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ending", "early"), _negated=True),
                            models.Q(("ended_because", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="secondments_secondment_ends_early_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("provenance__in", ("", "public", "demo"))),
                        name="secondments_secondment_provenance_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TeachingRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                ("place", models.CharField(max_length=6)),
                ("kind", models.CharField(max_length=12)),
                ("title", models.CharField(max_length=120)),
                ("apprentice", models.CharField(blank=True, max_length=60)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("state", models.CharField(default="recorded", max_length=10)),
                ("recorded_by", models.CharField(max_length=100)),
                ("moved_at", models.DateTimeField()),
                ("provenance", models.CharField(blank=True, max_length=10)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                (
                    "secondment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="teaching",
                        to="secondments.secondment",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["programme", "state", "since", "place", "kind", "provenance"],
                        name="secondments_taught_by_day",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    shanhai.team.secondments.states.TeachingState["RECORDED"],
                                    shanhai.team.secondments.states.TeachingState["CONFIRMED"],
                                    shanhai.team.secondments.states.TeachingState["DISPUTED"],
                                ],
                            )
                        ),
                        name="secondments_teachingrecord_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    shanhai.team.secondments.values.TeachingKind["APPRENTICE"],
                                    shanhai.team.secondments.values.TeachingKind["TECHNIQUE"],
                                    shanhai.team.secondments.values.TeachingKind["FIRST"],
                                ],
                            )
                        ),
                        name="secondments_teachingrecord_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "apprentice"), ("apprentice", ""), _connector="OR"),
                        name="secondments_teachingrecord_names_nobody_but_an_apprentice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gt", models.F("since")), _connector="OR"),
                        name="secondments_teachingrecord_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="secondments_teachingrecord_title_is_not_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("provenance__in", ("", "public", "demo"))),
                        name="secondments_teachingrecord_provenance_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TeachingMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.CharField(blank=True, max_length=20)),
                ("new", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=100)),
                ("because", models.TextField(blank=True)),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="secondments.teachingrecord",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new__in", ["recorded", "confirmed", "disputed"]),
                            ("old__in", ["", "recorded", "confirmed", "disputed"]),
                            models.Q(("old", models.F("new")), _negated=True),
                        ),
                        name="secondments_teachingmove_goes_from_one_known_state_to_another",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NominationMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.CharField(blank=True, max_length=20)),
                ("new", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=100)),
                ("because", models.TextField(blank=True)),
                (
                    "nomination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="secondments.nomination"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new__in", ["proposed", "cleared", "dispatched", "refused", "withdrawn"]),
                            ("old__in", ["", "proposed", "cleared", "dispatched", "refused", "withdrawn"]),
                            models.Q(("old", models.F("new")), _negated=True),
                        ),
                        name="secondments_nominationmove_goes_from_one_known_state_to_another",
                    )
                ],
            },
        ),
    ]
