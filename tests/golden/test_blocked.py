# SPDX-License-Identifier: Apache-2.0
"""What shut people out: refused forms that lost what was typed, facts beyond correction, a programme forgotten."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shanhai.base.audit.models import AuditRow
from shanhai.base.held import clear_held
from shanhai.kernel import clock
from shanhai.kernel.money import Money
from shanhai.planning.programmes.core.services import add_batch
from shanhai.planning.programmes.plans.services.targets import set_target
from shanhai.planning.projects.dossier.services.filing import add_contract
from shanhai.planning.projects.models import AllocationLine, Paper
from shanhai.planning.projects.states import Method
from shanhai.planning.projects.tests.builders import a_programme, a_project
from tests.cast import AT, a_user, actor_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def a_client(role="office", **scope):
    client = Client()
    user = a_user(role, username=f"{role}-{len(scope)}", **scope)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def day(year):
    return date(year, 1, 1)


def again(answer):
    """The fields with which the language menu of a page sends its refused form once more."""
    menu = re.search(r'<form class="languages".*?</form>', answer.content.decode(), re.S)[0]
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', menu))


def test_a_refused_form_keeps_what_was_typed_and_the_file():
    # "A refused form keeps what was typed and the file, shows all errors at once beside their fields, and changing
    # the language there works."
    a_programme()
    project, client = a_project(stage="under_way", yuan=500), a_client()
    address = reverse("projects:paper", args=[project.uuid])
    sent = {"kind": "award", "number": "川发改〔2026〕9 号", "issued_on": "某天", "signed_on": "2026-13-40"}

    refused = client.post(address, {**sent, "file": SimpleUploadedFile("通知书.pdf", PDF)})

    text = refused.content.decode()
    assert refused.status_code == 422
    assert "川发改〔2026〕9 号" in text
    assert "已保留“通知书.pdf”" in text
    form = {name: form for name, _heading, _button, form, _url in refused.context["forms"]}["paper"]
    assert set(form.errors) == {"issued_on", "signed_on"}
    assert all(f'href="#{form[name].id_for_label}"' in text for name in form.errors)

    kept = again(refused)
    english = client.post(address, {**kept, "set_language": "en"})
    assert 'lang="en"' in english.content.decode()
    assert "川发改〔2026〕9 号" in english.content.decode()
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert not Paper.objects.exists()

    ticket = again(english)["held-file"]
    right = {"kind": "award", "number": sent["number"], "issued_on": "2026-03-01", "held-file": ticket}
    assert client.post(address, right).status_code == 302
    assert Paper.objects.get().number == sent["number"]


def test_a_change_of_language_saves_nothing_though_all_is_well_by_now():
    a_programme()
    client = a_client()
    sent = {"number": "9", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "set_language": "en"}

    answer = client.post(reverse("programmes:batch-add", args=["zj-ganzi"]), sent)

    assert (answer.status_code, 'value="2026-12-31"' in answer.content.decode()) == (422, True)
    assert not answer.context["programme"].batches.filter(number=9).exists()


def test_a_held_file_is_for_one_person_and_one_hour():
    a_programme()
    project, client = a_project(stage="under_way", yuan=500), a_client()
    address = reverse("projects:paper", args=[project.uuid])
    wrong = {"kind": "award", "issued_on": "某天", "file": SimpleUploadedFile("通知书.pdf", PDF)}
    ticket = again(client.post(address, wrong))["held-file"]
    right = {"kind": "award", "held-file": ticket}

    theirs = a_client("commander", programme="zj-ganzi").post(address, right)
    clear_held(at=clock.now() + timedelta(hours=2))
    late = client.post(address, right)

    assert (theirs.status_code, late.status_code, Paper.objects.count()) == (422, 422, 0)


def test_all_that_a_service_refuses_is_said_at_once_beside_its_fields():
    a_programme()
    client = a_client("administrator")

    sent = {"username": "张", "display_name": "张\u200b三", "email": "zhang@example.org"}
    answer = client.post(reverse("accounts:user-new"), sent)

    assert set(answer.context["form"].errors) == {"username", "display_name"}
    assert 'value="zhang@example.org"' in answer.content.decode()


def test_the_programme_chosen_is_remembered_and_pages_of_another_carry_their_own():
    # "The programme chosen is remembered; pages of another programme carry that programme."
    a_programme()
    other = a_programme(code="fj-changdu")
    project, client = a_project(stage="under_way", yuan=500), a_client()

    first = client.get("/funds/?programme=fj-changdu")
    remembered = client.get("/funds/")
    page = client.get(reverse("projects:detail", args=[project.uuid]))

    assert (first.context["programme"], remembered.context["programme"]) == (other, other)
    assert f'<option value="{other.code}" selected>' in remembered.content.decode()
    menu = re.search(r'<nav class="nav".*?</nav>', page.content.decode(), re.S)[0]
    assert {*re.findall(r"programme=([\w-]+)", menu)} == {"zj-ganzi"}
    assert '<option value="zj-ganzi" selected>' in page.content.decode()
    assert client.get("/import/").context["form"].initial["programme"] == other.code


def test_a_remembered_programme_that_one_may_no_longer_see_is_forgotten():
    a_programme()
    client = a_client("county_user", programme="zj-ganzi", place="513301")
    session = client.session
    session["programme"] = "fj-changdu"
    session.save()

    assert client.get("/funds/").context["programme"].code == "zj-ganzi"


def test_a_batch_and_a_source_are_corrected_and_the_second_sees_what_the_first_wrote():
    # "Batch, source, contract, project data, target, e-mail of an account can be corrected, with history …"
    a_programme()
    office = actor_of(a_user("office", username="first"))
    batch = add_batch(by=office, at=AT, programme="zj-ganzi", number=9, starts_on=day(2024), ends_on=day(2026))
    client, address = a_client(), reverse("programmes:batch-correct", args=["zj-ganzi", batch.uuid])
    sent = {"number": "9", "starts_on": "2024-02-01", "ends_on": "2026-01-01", "because": "函件写错了"}
    seen = client.get(address).context["form"]["seen"].value()

    first = client.post(address, {**sent, "seen": seen})
    second = client.post(address, {**sent, "starts_on": "2024-03-01", "seen": seen})
    knowing = second.context["form"]["seen"].value()
    third = client.post(address, {**sent, "starts_on": "2024-03-01", "seen": knowing})

    assert (first.status_code, second.status_code, third.status_code) == (302, 409, 302)
    assert "有人把这一项改成了“2024-02-01”" in second.content.decode()
    assert 'value="2024-03-01"' in second.content.decode()
    rows = AuditRow.objects.filter(action="programmes.programme.batch_corrected").order_by("seq")
    assert [row.changes["starts_on"] for row in rows] == [["2024-01-01", "2024-02-01"], ["2024-02-01", "2024-03-01"]]

    source = reverse("programmes:source-correct", args=["zj-ganzi", "province"])
    assert client.post(source, {"name": "省级援助资金（本级）"}).status_code == 302
    assert client.post(source, {"name": " "}).status_code == 422


def test_a_source_has_an_english_name_that_english_pages_say():
    a_programme()
    project, client = a_project(stage="under_way", yuan=500), a_client("commander")
    source = reverse("programmes:source-correct", args=["zj-ganzi", "province"])
    sent = {"name": "省级财政", "name_en": "Province", "because": "补英文"}

    assert client.post(source, {**sent, "name_en": "a" * 101}).status_code == 422
    assert client.post(source, {**sent, "seen": '{"name_en": "State"}'}).status_code == 409
    assert client.post(source, sent).status_code == 302

    [line, *_] = client.get("/audit/").context["lines"]
    assert ([str(one) for one in line.changes], line.row.because) == (
        ["编号 province", "英文名称 — → Province"],
        "补英文",
    )
    wish = {"year": "2026", "amount_of_province": "12000", "unit": "yuan", "reason": "追加"}
    raised = client.post("/adjustments/plan?programme=zj-ganzi&year=2026", wish)["Location"]
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for page in (
        reverse("projects:detail", args=[project.uuid]), "/projects/new/", "/funds/what-if/",
        "/funds/flow/?category=education", "/funds/entries/", "/programmes/zj-ganzi/edit/",
        "/programmes/zj-ganzi/plans/2026/", "/adjustments/plan?programme=zj-ganzi&year=2026", raised,
    ):  # fmt: skip
        said = client.get(page, follow=True).content.decode()
        assert ("Province" in said, "省级财政" in said) == (True, False), page
    over = client.post(
        "/projects/new/",
        {
            "code": "GZ-9", "name": "x", "place": "513301", "category": "education", "delivery": "turnkey",
            "novelty": "new", "total_investment": "100", "year": "2026", "fund_source": "province", "amount": "90",
            "livelihood_percent": "100", "beneficiary_level": "county", "implementer_level": "county",
        },
    )  # fmt: skip
    assert over.status_code == 422
    assert "省级财政" not in over.content.decode()


def test_the_address_of_an_account_is_corrected_and_the_trail_keeps_no_personal_data():
    user, client = a_user("finance", username="zhang"), a_client("administrator")

    answer = client.post(
        reverse("accounts:user-correct", args=[user.uuid]), {"display_name": "张三", "email": "zhang@example.org"}
    )

    user.refresh_from_db()
    assert (answer.status_code, user.email, user.display_name) == (302, "zhang@example.org", "张三")
    assert AuditRow.objects.get(action="accounts.user.corrected").changes == {"fields": ["display_name", "email"]}


def test_a_contract_is_corrected_by_hand_until_money_is_paid_and_then_by_a_second_person():
    a_programme()
    office, project = a_user("office", username="first"), a_project(stage="under_way", yuan=500)
    contract = add_contract(
        by=actor_of(office), at=AT, project=project.uuid, number="HT-1", contractor="甲公司", method=Method.OPEN_TENDER,
        amount=Money.from_yuan(400), signed_on=day(2026),
    )  # fmt: skip
    client = Client()
    client.force_login(office, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("projects:contract-correct", args=[project.uuid, contract.uuid])
    stated = {"number": "HT-1", "contractor": "乙公司", "method": contract.method, "signed_on": "2026-01-01"}

    before = client.post(address, {**stated, "amount": "410元", "because": "录错"})
    AllocationLine.objects.filter(project=project).update(arrived_fen=100, allotted_fen=100, paid_fen=100)
    alone = client.post(address, {**stated, "amount": "420元", "because": "再改"})
    name_only = client.post(address, {**stated, "amount": "410元", "contractor": "丙公司", "because": "改名"})
    second = a_client("commander").post(
        address, {**stated, "contractor": "丙公司", "amount": "420元", "because": "补充协议"}
    )

    assert [one.status_code for one in (before, alone, name_only, second)] == [302, 422, 302, 302]
    assert "由登记人以外、有更正权限的人来改" in alone.content.decode()
    assert 'value="420元"' in alone.content.decode()
    rows = AuditRow.objects.filter(action="projects.contract.corrected").order_by("seq")
    assert [row.changes.get("amount_fen") for row in rows] == [[40_000, 41_000], None, [41_000, 42_000]]


def test_a_target_is_corrected_with_the_reason_and_keeps_its_unit():
    a_programme()
    office, client = actor_of(a_user("office", username="first")), a_client()
    set_to = {"name": "新建住房", "unit": "person", "amount": Decimal(1200), "by_year": {2026: Decimal(300)}}
    target = set_target(by=office, at=AT, programme="zj-ganzi", **set_to)
    address = reverse("programmes:target-correct", args=["zj-ganzi", target.uuid])
    sent = {"name": "新建住房", "amount": "1,100", "plan-2026": "250", "plan-2027": "x"}

    wrong = client.post(address, sent)
    right = client.post(address, {**sent, "plan-2027": "", "because": "规划中期调整"})

    assert {*wrong.context["form"].errors} == {"plan-2027", "because"}
    assert 'value="1,100"' in wrong.content.decode()
    target.refresh_from_db()
    assert (right.status_code, target.amount, target.years.get(year=2026).planned) == (302, 1100, 250)
    row = AuditRow.objects.get(action="programmes.target.corrected")
    assert (row.because, row.changes) == (
        "规划中期调整",
        {"amount": ["1200", "1100"], "by_year": [{"2026": "300"}, {"2026": "250"}]},
    )


def test_a_reason_written_for_an_act_that_is_refused_comes_back():
    a_programme()
    project, client = a_project(stage="under_way", yuan=500), a_client()

    answer = client.post(
        reverse("projects:waive", args=[project.uuid]), {"requirement": "nonsense", "because": "县里来函说明"}
    )

    assert answer.status_code >= 400
    assert ">县里来函说明</textarea>" in answer.content.decode()
    assert 'name="requirement" value="nonsense"' in answer.content.decode()
