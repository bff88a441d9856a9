# SPDX-License-Identifier: Apache-2.0
"""The pages on which a party records: short, forgiving, and closed to strangers."""

import re

import pytest
from django.test import Client

from shanhai.base.accounts.models import User
from shanhai.field.traceability.chains.services.holding import hold
from shanhai.field.traceability.chains.tests.builders import MAY, Chain, a_permit, collected, lots_of
from shanhai.field.traceability.chains.values import Made
from shanhai.field.traceability.models import Finding, Lot, ProductClass, Record
from shanhai.field.traceability.tests.builders import a_party, a_recorder
from shanhai.kernel import clock
from shanhai.planning.programmes.tests.builders import a_programme
from shanhai.registers.codes.models import CodeBatch
from tests.cast import a_user, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain():
    return Chain("caterpillar-fungus")


@pytest.fixture
def day():
    with clock.frozen(MAY):
        yield


def signed_in(client, chain, kind):
    party = chain.party(kind)
    user = User.objects.get(uuid=chain.by[party.pk].ref.removeprefix("user:"))
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def address(chain, kind, step):
    return f"/trace/record/{chain.party(kind).uuid}/{chain.product.uuid}/{step}/"


def opened(client, at):
    """The address of a fresh form, and its id."""
    url = client.get(at).url
    return url, url.rpartition("=")[2]


def test_a_day_is_recorded_and_the_form_is_taken_once(client, chain, day):
    permit = a_permit(chain)
    signed_in(client, chain, "cooperative")
    url, form_id = opened(client, address(chain, "cooperative", "collect"))
    sent = {"form_id": form_id, "day": "2026-05-20", "permit": str(permit.uuid), "condition": "fresh", "0.grams": "350"}

    assert client.get(url).status_code == 200
    first, again = client.post(url, sent), client.post(url, {**sent, "0.grams": "999"})

    assert Record.objects.count() == 1
    assert first.url == again.url == client.get(url).url
    assert Lot.objects.get().grams == 350
    page = client.get(first.url).content.decode()
    assert Lot.objects.get().code in page
    assert f"/codes/{Record.objects.get().codes}/" in page


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(client, chain, day):
    permit = a_permit(chain, grams=100)
    signed_in(client, chain, "cooperative")
    url, form_id = opened(client, address(chain, "cooperative", "collect"))
    answer = client.post(
        url,
        {"form_id": form_id, "day": "2026-05-20", "permit": str(permit.uuid), "condition": "fresh", "0.grams": "350"},
    )

    assert answer.status_code == 422
    assert "还剩 100 克" in answer.content.decode()
    assert not Record.objects.exists()


def test_the_last_choices_are_offered_again_and_numbers_are_typed_on_a_keypad(client, chain, day):
    permit = a_permit(chain)
    collected(chain, permit, 10, condition="dry")
    signed_in(client, chain, "cooperative")
    page = client.get(opened(client, address(chain, "cooperative", "collect"))[0]).content.decode()

    assert '<option value="dry" selected>' in page
    assert re.search(r'name="0\.grams"[^>]*|<input[^>]*name="0\.grams"', page)
    assert "还剩 975 克" in page


def test_grading_takes_the_lines_that_were_filled(client, chain, day):
    dry = collected(chain, a_permit(chain), 100, condition="dry")
    signed_in(client, chain, "cooperative")
    url, form_id = opened(client, address(chain, "cooperative", "grade"))
    client.post(
        url,
        {"form_id": form_id, "day": "2026-05-20", "inputs": [str(dry.uuid)], "0.grams": "60", "0.grade": "g2000",
         "1.grams": "39", "1.grade": "broken"},
    )  # fmt: skip

    assert [lot.grams for lot in lots_of(Record.objects.latest("pk"))] == [60, 39]


def test_a_receiver_weighs_and_both_sides_are_told_of_a_difference(client, chain, day):
    lot = collected(chain, a_permit(chain), 500)
    chain.step("cooperative", "hand_over", [lot], to=chain.party("processor"))
    signed_in(client, chain, "cooperative")
    page = client.get(f"/trace/lots/{lot.code}/").content.decode()
    assert f"正在送往“{chain.party('processor').organisation.name}”" in page
    # Stopped on its way it arrives all the same, and stays stopped.
    hold(lots=[lot.uuid], because="抽检", by=actor("trace_inspector"), at=MAY)
    signed_in(client, chain, "processor")
    assert lot.code in client.get("/trace/").content.decode()
    url, form_id = opened(client, address(chain, "processor", "buy"))
    client.post(
        url,
        {
            "form_id": form_id,
            "day": "2026-05-20",
            "inputs": [str(lot.uuid)],
            f"got.{lot.uuid}": "480",
            "licence": "S-1",
        },
    )

    lot.refresh_from_db()
    assert (lot.left, lot.held_by, lot.state) == (480, chain.party("processor"), "held")
    assert {one.party for one in Finding.objects.all()} == {chain.party("processor"), chain.party("cooperative")}
    finding = Finding.objects.get(party=chain.party("processor"))
    client.post(f"/trace/findings/{finding.uuid}/", {"answer": "路上失水"})
    assert Finding.objects.get(pk=finding.pk).answer == "路上失水"


def test_a_record_is_corrected_and_withdrawn_on_its_page(client, chain, day):
    lot = collected(chain, a_permit(chain), 500)
    record = Record.objects.get()
    signed_in(client, chain, "cooperative")
    right = client.post(f"/trace/records/{record.uuid}/correct", {f"grams.{lot.uuid}": "480", "because": "秤没归零"})

    lot.refresh_from_db()
    assert lot.grams == lot.left == 480
    assert "秤没归零" in client.get(f"/trace/records/{record.uuid}/").content.decode()
    client.post(f"{right.url}withdraw", {"because": "记错了人"})
    lot.refresh_from_db()
    assert lot.state == "void"


def test_strangers_find_nothing(client, chain, day):
    collected(chain, a_permit(chain), 500)
    record = Record.objects.get()
    for user in (a_user("auditor"), a_user(None)):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(address(chain, "cooperative", "collect")).status_code == 404
        assert client.post(f"/trace/records/{record.uuid}/withdraw", {"because": "x"}).status_code in {403, 404}
    for url in (f"/trace/records/{record.uuid}/", "/trace/", "/trace/lots/", "/trace/permits/"):
        assert client.get(url).status_code == 404
    assert Record.objects.get().wrong_at is None


def test_the_office_registers_a_permit_and_closes_a_zone(client, chain, day):
    permit = a_permit(chain)
    client.force_login(a_user("office"), backend="allauth.account.auth_backends.AuthenticationBackend")
    sent = {"number": "CJ-9", "holder": "H-09", "party": str(permit.party.uuid), "zone": str(permit.zone.uuid),
            "grams": "800", "starts_on": "2026-05-01", "ends_on": "2026-06-30", "issuer": "演示林草局"}  # fmt: skip
    assert client.post("/trace/permits/permit", sent).status_code == 302
    assert client.post("/trace/permits/permit", {**sent, "number": "CJ-10"}).status_code == 409
    zone = {"name": "新采集区", "code": "new-1", "product": "caterpillar-fungus", "place": permit.zone.place,
            "point": "三号采集点", "party": str(permit.party.uuid)}  # fmt: skip
    assert client.post("/trace/permits/zone", {**zone, "place": "没有这个县"}).status_code == 422
    assert client.post("/trace/permits/zone", zone).status_code == 302
    assert client.post("/trace/permits/zone", zone).status_code == 409
    closed = {
        "close": "1",
        "zone": str(permit.zone.uuid),
        "starts_on": "2026-05-01",
        "ends_on": "2026-05-31",
        "because": "轮采",
    }
    assert client.post("/trace/permits/close", closed).status_code == 302
    page = client.get("/trace/permits/").content.decode()
    assert "轮采" in page
    assert "三号采集点" in page


def test_the_desk_asks_a_constant_number_of_questions(client, chain, day, django_assert_max_num_queries):
    for number in range(4):
        collected(chain, a_permit(chain, number=f"CJ-{number}", holder=f"H-{number}"), 50)
    signed_in(client, chain, "cooperative")
    for path, most in (("/trace/", 22), ("/trace/lots/", 20)):
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200


def test_a_fresh_installation_says_that_it_has_no_chains_and_the_office_loads_them(sign_in, client):
    party = a_party(a_programme())
    a_recorder(party, "rec")
    client.force_login(User.objects.get(username="rec"), backend="allauth.account.auth_backends.AuthenticationBackend")
    office = sign_in("office")
    assert "/trace/load" in office.get("/trace/").content.decode()
    page = client.get("/trace/").content.decode()
    assert "请指挥部办公室在这一页载入产品" in page
    assert "/trace/load" not in page

    assert client.post("/trace/load").status_code == 403
    assert office.post("/trace/load").status_code == office.post("/trace/load").status_code == 302
    assert [*ProductClass.objects.values_list("programme", "version")] == [(None, 1), (None, 1)]
    assert "/trace/load" not in office.get("/trace/").content.decode()
    assert "/collect/" in client.get("/trace/").content.decode()


def test_boxes_are_packed_with_their_number(client, chain, day):
    dry = collected(chain, a_permit(chain), 400, condition="dry")
    (graded,) = lots_of(chain.step("cooperative", "grade", [dry], [Made(390, facts={"grade": "g2000"})]))
    fields = {"number": "R-1", "issuer": "演示检测", "issued_on": "2026-05-19", "arsenic": "4.4", "verdict": "pass"}
    chain.step("cooperative", "test", [graded], fields=fields)
    signed_in(client, chain, "cooperative")
    url, form_id = opened(client, address(chain, "cooperative", "pack"))
    sent = {"form_id": form_id, "day": "2026-05-20", "inputs": str(graded.uuid), "0.grams": "50", "0.count": "5"}
    client.post(url, {**sent, "covered": "on"})

    assert Lot.objects.filter(kind="box").count() == 5
    assert CodeBatch.objects.get(kind="box").covered
    code = Lot.objects.filter(kind="box").earliest("pk").code
    assert f'/reveal/?code=/x/box/{code}"' in client.get(f"/trace/c/{code}/").content.decode()
    # Scanned by whose it is, it leads to the lot's page; by anybody else to the buyer's.
    assert client.get(f"/x/box/{code}")["Location"] == f"/trace/lots/{code}/"
    assert Client().get(f"/x/box/{code}")["Location"] == f"/trace/c/{code}/"
    assert f"/trace/lots/{code}/" in client.get(f"/trace/c/{code}/").content.decode()
    page = client.get(f"/trace/c/{graded.code}/").content.decode()
    assert "/reveal/" not in page
    # A step that our own pages recorded is called as the chain calls it.
    assert "<p>分级</p>" in page
    # A label that was called back says so on this page, too, by whichever address it is opened.
    assert "已经作废" not in client.get(f"/trace/c/{code}/").content.decode()
    client.post(f"/codes/{CodeBatch.objects.get(kind='box').uuid}/revoke", {"first": 1, "last": 1, "because": "破损"})
    assert "已经作废" in client.get(f"/trace/c/{code}/").content.decode()
