# SPDX-License-Identifier: Apache-2.0
"""From a template in a table to a frozen result: who may do what in which state, and that the figures are kept."""

import re
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shanhai.insight.evaluations import services
from shanhai.insight.evaluations.models import Template
from shanhai.insight.evaluations.selectors import get_sheet
from shanhai.insight.evaluations.tests.builders import a_template, an_evaluation
from shanhai.insight.evaluations.values import ItemRow, Scoring
from shanhai.kernel.errors import Conflict, DomainError, NotAllowed, NotVisible, Refused
from shanhai.planning.programmes.tests.builders import a_programme
from shanhai.registers.documents.services import withdraw_proof
from tests.cast import AT, AUDITOR, DEPUTY, KANGDING, OFFICE, STRANGER, a_user, waiting_for

pytestmark = pytest.mark.django_db
ROWS = (
    ItemRow(
        5, "年度考核", "资金使用", "支付率", Decimal(40), Scoring.SHARE_OF_TARGET, Decimal(90), figure="payment_rate"
    ),
    ItemRow(6, "年度考核", "产出", "完工项目", Decimal(50), Scoring.STEPS, steps="10:100；5:60；0:0"),
    ItemRow(7, "年度考核", "满意度", "走访", Decimal(10), Scoring.YES_NO, evidence="走访记录"),
)


@pytest.fixture(autouse=True)
def programme():
    a_programme()


@pytest.fixture
def template():
    return a_template(*ROWS)


@pytest.fixture
def evaluation(template):
    return an_evaluation(template=template)


def assessed(evaluation, **more):
    reached = {2: Decimal(7), 3: Decimal(1), **more}
    services.assess(by=OFFICE, at=AT, evaluation=evaluation.uuid, reached=reached, words={3: "走访 12 户"})
    return evaluation


@pytest.fixture
def without_figure(evaluation):
    """The same where the figure has no value yet, so that nothing can be said of the first item."""
    return assessed(evaluation)


@pytest.fixture
def submitted():
    return an_evaluation("submitted")


def decided(evaluation, by=DEPUTY, given=None, opinions=None):
    points = {1: Decimal(32), 2: Decimal(40), 3: Decimal(8)} if given is None else given
    return services.decide(by=by, at=AT, evaluation=evaluation.uuid, points_given=points, opinions=opinions or {})


def sheet(evaluation, viewer=AUDITOR):
    return get_sheet(viewer=viewer, uuid=evaluation.uuid, on=AT.date())


def test_a_second_table_of_the_same_name_is_the_next_version(template):
    second = a_template(*ROWS, in_force=False)

    services.put_in_force(by=DEPUTY, at=AT, template=second.uuid, basis="某发〔2026〕1号")

    assert list(Template.objects.order_by("version").values_list("state", "is_sample")) == [
        ("retired", True), ("in_force", False),
    ]  # fmt: skip


def test_an_item_that_nothing_speaks_for_is_named_when_handing_in(without_figure):
    with pytest.raises(Refused, match="支付率"):
        services.submit(by=OFFICE, at=AT, evaluation=without_figure.uuid)

    assert sheet(without_figure).evaluation.state == "assessing"


def test_points_follow_what_was_reached(without_figure):
    assert [line.own for line in sheet(without_figure).lines] == [Decimal(0), Decimal("30.00"), Decimal("10.00")]


def test_the_decision_is_frozen_and_then_nothing_moves(submitted):
    services.freeze(by=DEPUTY, at=AT, evaluation=decided(submitted).uuid)

    shown = sheet(submitted)
    assert (shown.own, shown.decided, shown.evaluation.state) == (Decimal(80), Decimal(80), "frozen")
    for act in (services.submit, services.freeze):
        with pytest.raises(DomainError):
            act(by=DEPUTY, at=AT, evaluation=submitted.uuid)
    assert [move.new for move in submitted.moves.order_by("pk")] == ["submitted", "decided", "frozen"]


def test_a_number_finer_than_what_is_kept_is_refused_instead_of_rounded(without_figure):
    with pytest.raises(DomainError, match="小数最多 4 位"):
        services.assess(by=OFFICE, at=AT, evaluation=without_figure.uuid, reached={2: Decimal("60.00001")}, words={})
    finer = {1: Decimal("32.001"), 2: Decimal(40), 3: Decimal(8)}
    with pytest.raises(DomainError, match="小数最多 2 位"):
        decided(an_evaluation("submitted", template=a_template()), given=finer, opinions={1: "见附件"})


def test_other_points_than_those_reckoned_say_why(submitted):
    less = {1: Decimal(30), 2: Decimal(40), 3: Decimal(8)}
    with pytest.raises(DomainError, match="请写明为什么"):
        decided(submitted, given=less)
    with pytest.raises(DomainError, match="0 和 40"):
        decided(submitted, given={**less, 1: Decimal(41)})

    decided(submitted, given=less, opinions={1: "有一笔没有凭证"})
    assert sheet(submitted).decided == Decimal(78)


def a_file(evaluation, name="走访记录.pdf", by=OFFICE, item=3):
    content = b"%PDF-1.4\n% " + name.encode() + b"\n%%EOF\n"
    return services.attach_file(by=by, at=AT, evaluation=evaluation.uuid, item=item, file=BytesIO(content), name=name)


def files(evaluation, viewer=AUDITOR):
    lines = sheet(evaluation, viewer).lines
    return [([proof.label for proof in line.proofs], [one["label"] for one in line.gone]) for line in lines]


def test_files_stand_beside_an_item_and_are_handed_in_with_it():
    evaluation = an_evaluation()
    services.assess(
        by=OFFICE, at=AT, evaluation=evaluation.uuid, reached=dict.fromkeys((1, 2, 3), Decimal(80)), words={}
    )
    for name in ("走访记录.pdf", "照片.pdf"):
        a_file(evaluation, name)
    assert files(evaluation) == [([], []), ([], []), (["走访记录.pdf", "照片.pdf"], [])]

    services.submit(by=OFFICE, at=AT, evaluation=evaluation.uuid)
    with pytest.raises(DomainError):
        a_file(evaluation, "迟到.pdf")
    first, _second = sheet(evaluation, OFFICE).lines[2].proofs
    withdraw_proof(by=OFFICE, at=AT, proof=first.uuid, because="传错了")
    assert files(evaluation)[2] == (["照片.pdf"], ["走访记录.pdf"])
    kept = evaluation.scores.get(item__position=3).files
    assert [one["sha256"] for one in kept] == [first.document.sha256, _second.document.sha256]

    services.send_back(by=DEPUTY, at=AT, evaluation=evaluation.uuid, because="补材料")
    assert files(evaluation)[2] == (["照片.pdf"], [])


def test_who_may_only_look_attaches_nothing(evaluation):
    for viewer in (AUDITOR, KANGDING):
        with pytest.raises(NotAllowed):
            a_file(evaluation, by=viewer)
    with pytest.raises(DomainError):
        a_file(evaluation, item=9)
    assert files(evaluation) == [([], [])] * 3


def test_the_page_takes_a_file_and_leads_to_it(client, evaluation):
    client.force_login(a_user("office"))
    page = f"/evaluations/{evaluation.uuid}/"

    assert client.post(f"{page}attach", {"item": "3"}).status_code == 422
    sent = SimpleUploadedFile("走访记录.pdf", b"%PDF-1.4\n%%EOF\n")
    assert client.post(f"{page}attach", {"item": "3", "file": sent}).status_code == 302
    (link,) = re.findall(r'href="(/documents/[^"]+/)">走访记录.pdf', client.get(page).content.decode())
    assert client.get(link).status_code == 200


def test_an_appeal_is_decided_again(submitted):
    decided(submitted)
    services.appeal(by=OFFICE, at=AT, evaluation=submitted.uuid, against={2: "少算了两个项目"}, because="见附件")

    assert [line.score.appeal for line in sheet(submitted).lines] == ["", "少算了两个项目", ""]
    assert (
        decided(submitted, given={1: Decimal(32), 2: Decimal(45), 3: Decimal(8)}, opinions={2: "申诉有理"}).state
        == "decided"
    )


def test_who_handed_it_in_does_not_decide(submitted):
    submitted.submitted_by = DEPUTY.ref
    submitted.save()

    with pytest.raises(NotAllowed):
        decided(submitted)
    assert waiting_for(DEPUTY, "evaluation.waiting") == []


@pytest.mark.parametrize("viewer", [AUDITOR, KANGDING], ids=["auditor", "county"])
def test_who_may_only_look_changes_nothing(submitted, viewer):
    assert sheet(submitted, viewer).may_decide is False
    with pytest.raises(NotAllowed):
        decided(submitted, by=viewer)
    with pytest.raises(NotAllowed):
        services.assess(by=viewer, at=AT, evaluation=submitted.uuid, reached={}, words={})


def test_to_a_stranger_it_is_not_there(submitted):
    with pytest.raises(NotVisible):
        sheet(submitted, STRANGER)


def test_one_period_is_judged_once_by_a_template(evaluation, template):
    with pytest.raises(Conflict):
        an_evaluation(template=template)


def test_it_waits_for_who_assesses_and_then_for_who_decides(evaluation, submitted):
    a_draft = a_template(*ROWS, in_force=False)

    assert waiting_for(OFFICE, "evaluation.waiting") == [evaluation.get_absolute_url()]
    assert waiting_for(DEPUTY, "evaluation.waiting") == [
        evaluation.get_absolute_url(),
        submitted.get_absolute_url(),
        f"/evaluations/templates/{a_draft.uuid}/",
    ]


def test_the_page_takes_the_assessment_and_keeps_what_was_typed(client, evaluation):
    client.force_login(a_user("office"))
    page = f"/evaluations/{evaluation.uuid}/"

    refused = client.post(f"{page}assess", {"reached_2": "七个", "words_3": "走访 12 户"})
    assert refused.status_code == 422
    assert "七个" in refused.content.decode()
    assert "走访 12 户" in refused.content.decode()

    assert client.post(f"{page}assess", {"reached_2": "7", "words_3": "走访 12 户"}).status_code == 302
    assert "30.00" in client.get(page).content.decode()
    assert client.get("/evaluations/").status_code == 200
    assert client.get(f"/evaluations/templates/{evaluation.template.uuid}/").status_code == 200


def test_handing_in_takes_what_stands_in_the_fields_and_keeps_it_where_something_is_missing(client):
    evaluation = an_evaluation()
    client.force_login(a_user("office"))
    page = f"/evaluations/{evaluation.uuid}/"
    typed = {"reached_1": "80", "reached_2": "70", "words_1": "走访 12 户"}

    refused = client.post(f"{page}submit", typed)
    assert refused.status_code == 422
    assert 'value="70"' in refused.content.decode()
    assert evaluation.scores.filter(reached__isnull=False).count() == 0

    assert client.post(f"{page}submit", {**typed, "reached_3": "100"}).status_code == 302
    assert evaluation.scores.filter(own__gt=0).count() == 3


def test_the_fields_begin_with_what_was_said_as_a_person_writes_it(client):
    template = a_template(*ROWS[1:], ItemRow(8, "年度考核", "管理", "台账", Decimal(40), Scoring.BY_HAND))
    evaluation = an_evaluation(template=template)
    reached = {1: Decimal(80), 2: Decimal(1), 3: Decimal("37.5")}
    services.assess(by=OFFICE, at=AT, evaluation=evaluation.uuid, reached=reached, words={})
    client.force_login(a_user("office"))

    page = client.get(f"/evaluations/{evaluation.uuid}/").content.decode()

    assert all(shown in page for shown in ('value="80"', 'value="37.5"', '<option value="1" selected>是</option>'))


def test_an_act_that_is_not_offered_is_not_there(client, evaluation):
    client.force_login(a_user("auditor"))

    assert client.post(f"/evaluations/{evaluation.uuid}/assess", {}).status_code == 404
    client.force_login(a_user(None))
    assert client.get(f"/evaluations/{evaluation.uuid}/").status_code == 404


def test_a_sheet_asks_the_same_number_of_times_however_many_items(submitted):
    with CaptureQueriesContext(connection) as asked:
        sheet(submitted)

    assert len(asked) <= 6
