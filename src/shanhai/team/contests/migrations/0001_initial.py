import django.db.models.deletion
import shanhai.kernel.ids
import shanhai.team.contests.states
import shanhai.team.contests.values
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
        ("programmes", "0005_amounts_down_to_nothing"),
    ]

    operations = [
        migrations.CreateModel(
            name="QuestionSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("source", models.CharField(max_length=200)),
                ("valid_from", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "version"), name="contests_questionset_version_is_there_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="contests_questionset_has_a_source"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "questions",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="contests.questionset"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("words", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("questions", "position"), name="contests_question_has_a_place_of_its_own"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True), name="contests_question_is_not_empty"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CriteriaSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("trims_from", models.PositiveSmallIntegerField()),
                ("source", models.CharField(max_length=200)),
                ("valid_from", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "version"), name="contests_criteriaset_version_is_there_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="contests_criteriaset_has_a_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("trims_from__gte", 3)), name="contests_criteriaset_trims_three_or_more"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Criterion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "criteria",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="contests.criteriaset"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=60)),
                ("name_en", models.CharField(max_length=60)),
                ("looks_for", models.CharField(max_length=500)),
                ("weight", models.PositiveSmallIntegerField()),
                ("most", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("criteria", "position"), name="contests_criterion_has_a_place_of_its_own"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("most__range", (1, 1000)), ("weight__range", (1, 100))),
                        name="contests_criterion_is_possible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="contests_criterion_is_named"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Round",
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
                    "criteria",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contests.criteriaset"
                    ),
                ),
                ("title", models.CharField(max_length=100)),
                ("opens_on", models.DateField()),
                ("closes_on", models.DateField()),
                ("state", models.CharField(default="drafted", max_length=10)),
                ("frozen_at", models.DateTimeField(null=True)),
                ("provenance", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "indexes": [models.Index(fields=["programme", "state", "closes_on"], name="contests_round_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    shanhai.team.contests.states.RoundState["DRAFTED"],
                                    shanhai.team.contests.states.RoundState["OPEN"],
                                    shanhai.team.contests.states.RoundState["CLOSED"],
                                    shanhai.team.contests.states.RoundState["FROZEN"],
                                    shanhai.team.contests.states.RoundState["WITHDRAWN"],
                                ],
                            )
                        ),
                        name="contests_round_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closes_on__gte", models.F("opens_on"))),
                        name="contests_round_closes_after_opening",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="contests_round_has_a_title"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("frozen_at__isnull", False), ("state", "frozen")),
                            models.Q(models.Q(("state", "frozen"), _negated=True), ("frozen_at", None)),
                            _connector="OR",
                        ),
                        name="contests_round_says_when_it_was_frozen",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="contests.round"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.workgroup"
                    ),
                ),
                ("total", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ("place", models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("round", "group"), name="contests_entry_is_one_of_a_team"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("place", None), ("total", None)),
                            models.Q(("place__isnull", False), ("total__isnull", False)),
                            _connector="OR",
                        ),
                        name="contests_entry_with_a_total_has_a_place",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="appeals", to="contests.entry"
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contests.criterion"
                    ),
                ),
                ("words", models.CharField(max_length=500)),
                ("state", models.CharField(default="raised", max_length=10)),
                ("raised_at", models.DateTimeField()),
                ("raised_by", models.CharField(max_length=100)),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.CharField(blank=True, max_length=100)),
                ("until", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    shanhai.team.contests.states.AppealState["RAISED"],
                                    shanhai.team.contests.states.AppealState["UPHELD"],
                                    shanhai.team.contests.states.AppealState["REJECTED"],
                                ],
                            )
                        ),
                        name="contests_appeal_state_is_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "raised")),
                        fields=("entry", "criterion"),
                        name="contests_appeal_is_one_of_a_score",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None), ("state", "raised"), ("until", None)),
                            models.Q(
                                models.Q(("state", "raised"), _negated=True),
                                models.Q(("answer", ""), _negated=True),
                                ("answered_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="contests_appeal_says_what_was_answered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="contests.entry"
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contests.criterion"
                    ),
                ),
                ("words", models.CharField(max_length=500)),
                ("source", models.CharField(max_length=200)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(max_length=100)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("words", ""), _negated=True), models.Q(("source", ""), _negated=True)
                        ),
                        name="contests_evidence_says_what_and_where",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Inspection",
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
                    "questions",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contests.questionset"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.workgroup"
                    ),
                ),
                (
                    "by_group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.workgroup",
                    ),
                ),
                ("day", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=100)),
                ("provenance", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "indexes": [models.Index(fields=["programme", "-day"], name="contests_inspection_by_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("by_group", None),
                            models.Q(("by_group", models.F("group")), _negated=True),
                            _connector="OR",
                        ),
                        name="contests_inspection_by_another_group",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Finding",
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
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="contests.inspection"
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contests.question"
                    ),
                ),
                ("words", models.CharField(max_length=500)),
                ("state", models.CharField(default="found", max_length=10)),
                ("owner", models.CharField(blank=True, max_length=100)),
                ("due_on", models.DateField(null=True)),
                ("proof", models.CharField(blank=True, max_length=500)),
                ("closed_on", models.DateField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["programme", "state", "due_on"], name="contests_finding_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    shanhai.team.contests.states.FindingState["FOUND"],
                                    shanhai.team.contests.states.FindingState["ASSIGNED"],
                                    shanhai.team.contests.states.FindingState["MENDED"],
                                    shanhai.team.contests.states.FindingState["CLOSED"],
                                ],
                            )
                        ),
                        name="contests_finding_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "found"),
                            models.Q(models.Q(("owner", ""), _negated=True), ("due_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="contests_finding_that_is_given_has_owner_and_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["mended", "closed"]), _negated=True),
                            models.Q(("proof", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="contests_finding_that_is_mended_says_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_on__isnull", False), ("state", "closed")),
                            models.Q(models.Q(("state", "closed"), _negated=True), ("closed_on", None)),
                            _connector="OR",
                        ),
                        name="contests_finding_is_closed_on_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FindingMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.CharField(blank=True, max_length=20)),
                ("new", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=100)),
                ("because", models.TextField(blank=True)),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="contests.finding"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new__in", ["found", "assigned", "mended", "closed"]),
                            ("old__in", ["", "found", "assigned", "mended", "closed"]),
                            models.Q(("old", models.F("new")), _negated=True),
                        ),
                        name="contests_findingmove_goes_from_one_known_state_to_another",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HonourKind",
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
                ("for_group", models.BooleanField()),
                ("quota", models.PositiveSmallIntegerField()),
                ("notice_days", models.PositiveSmallIntegerField()),
                ("source", models.CharField(max_length=200)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "name", "valid_from"), name="contests_honourkind_begins_once_on_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("notice_days__gte", 1),
                            ("quota__gte", 1),
                            models.Q(("name", ""), _negated=True),
                            models.Q(("source", ""), _negated=True),
                        ),
                        name="contests_honourkind_is_possible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Honour",
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
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contests.honourkind"
                    ),
                ),
                ("kind_name", models.CharField(max_length=60)),
                ("year", models.PositiveSmallIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.workgroup",
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("state", models.CharField(default="nominated", max_length=10)),
                ("nominated_at", models.DateTimeField()),
                ("nominated_by", models.CharField(max_length=100)),
                ("decided_by", models.CharField(blank=True, max_length=100)),
                ("notice_from", models.DateField(null=True)),
                ("notice_until", models.DateField(null=True)),
                ("number", models.PositiveSmallIntegerField(null=True)),
                ("granted_on", models.DateField(null=True)),
                ("provenance", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "indexes": [models.Index(fields=["programme", "year", "state"], name="contests_honour_by_year")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    shanhai.team.contests.states.HonourState["NOMINATED"],
                                    shanhai.team.contests.states.HonourState["NOTICED"],
                                    shanhai.team.contests.states.HonourState["GRANTED"],
                                    shanhai.team.contests.states.HonourState["DECLINED"],
                                    shanhai.team.contests.states.HonourState["WITHDRAWN"],
                                ],
                            )
                        ),
                        name="contests_honour_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("group__isnull", False), ("person", None)),
                            models.Q(("group", None), ("person__isnull", False)),
                            _connector="OR",
                        ),
                        name="contests_honour_is_a_person_s_or_a_group_s",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("person__isnull", False), ("state__in", ["nominated", "noticed", "granted"])
                        ),
                        fields=("programme", "kind_name", "year", "person"),
                        name="contests_honour_of_a_person_once_a_year",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("group__isnull", False), ("state__in", ["nominated", "noticed", "granted"])
                        ),
                        fields=("programme", "kind_name", "year", "group"),
                        name="contests_honour_of_a_group_once_a_year",
                    ),
                    models.UniqueConstraint(
                        fields=("programme", "year", "number"), name="contests_honour_number_is_there_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("granted_on__gte", models.F("notice_until")),
                                ("number__isnull", False),
                                ("state", "granted"),
                            ),
                            models.Q(
                                models.Q(("state", "granted"), _negated=True), ("granted_on", None), ("number", None)
                            ),
                            _connector="OR",
                        ),
                        name="contests_honour_is_granted_after_its_notice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(("decided_by", models.F("nominated_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="contests_honour_is_decided_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HonourMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.CharField(blank=True, max_length=20)),
                ("new", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=100)),
                ("because", models.TextField(blank=True)),
                (
                    "honour",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="contests.honour"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new__in", ["nominated", "noticed", "granted", "declined", "withdrawn"]),
                            ("old__in", ["", "nominated", "noticed", "granted", "declined", "withdrawn"]),
                            models.Q(("old", models.F("new")), _negated=True),
                        ),
                        name="contests_honourmove_goes_from_one_known_state_to_another",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                (
                    "honour",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="contests.honour"
                    ),
                ),
                ("words", models.CharField(max_length=500)),
                ("raised_at", models.DateTimeField()),
                ("raised_by", models.CharField(max_length=100)),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("answered_by", models.CharField(blank=True, max_length=100)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True), name="contests_objection_is_not_empty"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_by", "")),
                            models.Q(
                                models.Q(("answer", ""), _negated=True), models.Q(("answered_by", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="contests_objection_says_who_answered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InspectionAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="contests.inspection"
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contests.question"
                    ),
                ),
                ("answer", models.CharField(max_length=3)),
                ("note", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("inspection", "question"), name="contests_inspectionanswer_is_given_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "answer__in",
                                [
                                    shanhai.team.contests.values.Answer["YES"],
                                    shanhai.team.contests.values.Answer["NO"],
                                    shanhai.team.contests.values.Answer["NOT_APPLICABLE"],
                                ],
                            )
                        ),
                        name="contests_inspectionanswer_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", "no"), _negated=True),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="contests_inspectionanswer_no_says_what",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Judge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="judges", to="contests.round"
                    ),
                ),
                ("ref", models.CharField(max_length=100)),
            ],
            options={
                "indexes": [models.Index(fields=["ref"], name="contests_judge_ref")],
                "constraints": [
                    models.UniqueConstraint(fields=("round", "ref"), name="contests_judge_is_named_once"),
                    models.CheckConstraint(
                        condition=models.Q(("ref", ""), _negated=True), name="contests_judge_is_somebody"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoundMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old", models.CharField(blank=True, max_length=20)),
                ("new", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=100)),
                ("because", models.TextField(blank=True)),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="contests.round"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new__in", ["drafted", "open", "closed", "frozen", "withdrawn"]),
                            ("old__in", ["", "drafted", "open", "closed", "frozen", "withdrawn"]),
                            models.Q(("old", models.F("new")), _negated=True),
                        ),
                        name="contests_roundmove_goes_from_one_known_state_to_another",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "judge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="contests.judge"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="contests.entry"
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contests.criterion"
                    ),
                ),
                ("score", models.PositiveSmallIntegerField()),
                ("voted_at", models.DateTimeField()),
                ("counted", models.BooleanField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("judge", "entry", "criterion"), name="contests_vote_is_one_of_a_judge"
                    )
                ],
            },
        ),
    ]
