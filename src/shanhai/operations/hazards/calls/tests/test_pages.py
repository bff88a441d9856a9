# SPDX-License-Identifier: Apache-2.0
"""The page behind the link in a message, one's own calls, what is on duty's: noting answers, sending again."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

from shanhai.kernel import clock
from shanhai.operations.hazards.calls.adapters.sending import send_due
from shanhai.operations.hazards.calls.selectors.calls import calls_of, sirens_of
from shanhai.operations.hazards.calls.selectors.tokens import token_of
from shanhai.operations.hazards.calls.services.answering import answer
from shanhai.operations.hazards.calls.services.calling import end_calls
from shanhai.operations.hazards.calls.services.ticking import run_clock
from shanhai.operations.hazards.calls.tests.builders import MINUTE, WATCH, a_called_site, call_of, called_out
from shanhai.operations.hazards.models import Call, Dispatch
from shanhai.operations.hazards.values import ChainRole, Channel, Level
from tests.cast import AT, CONSULTATION_LEAD, DUTY_OFFICER, STRANGER, actor_of, waiting_for

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DUTY = {"programme": "zj-ganzi"}
MONITOR, VILLAGE, *_ = ChainRole


@pytest.fixture
def called():
    return called_out(Level.RED, site=a_called_site(siren="sirens/wuse"))


@pytest.fixture
def link(called):
    return f"/hazards/answer/{token_of(call_of(called[0], MONITOR).uuid)}"


def text_of(answer, status=200):
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def test_looking_at_the_link_answers_nothing_and_its_button_does_without_cookies(called, link):
    with clock.frozen(AT + 4 * MINUTE):
        page = Client(enforce_csrf_checks=True)
        for method in (page.get, page.head):
            assert method(link).status_code == 200
        shown = text_of(page.get(link))
        assert Call.objects.filter(state="answered").count() == 0
        assert "色乌绒二号坡" in shown
        assert "色乌绒二号坡变形加快" in shown
        assert "撤到：村小学操场。" in shown
        assert "<script" not in shown
        assert shown.count("我收到了") == 1
        # Nobody is named to who has found a link.
        assert "乙某" not in shown

        said = text_of(page.post(link))
    assert "已经记下" in said
    assert "10:04" in said
    assert "我收到了" not in said
    call = call_of(called[0], MONITOR)
    assert (call.state, call.answered_at, call.answered_by) == ("answered", AT + 4 * MINUTE, "")
    with clock.frozen(AT + 9 * MINUTE):
        assert "10:04" in text_of(page.post(link))
    call.refresh_from_db()
    assert call.answered_at == AT + 4 * MINUTE


def test_the_page_of_a_link_is_kept_nowhere_and_speaks_english(link):
    with clock.frozen(AT):
        answer = Client(headers={"Accept-Language": "en"}).get(link)

    assert "I have got it" in text_of(answer)
    assert "no-store" in answer["Cache-Control"]


def test_a_link_that_is_none_is_not_found_and_one_that_is_over_says_so(called, link):
    with clock.frozen(AT):
        assert Client().get("/hazards/answer/aaaa").status_code == 404
        assert Client().post("/hazards/answer/aaaa").status_code == 404
    with clock.frozen(called[1].expires):
        shown = text_of(Client().get(link))
        assert "这份预警已经过期" in shown
        assert "我收到了" not in shown
        assert "这份预警已经过期" in text_of(Client().post(link), 409)
    end_calls(by=CONSULTATION_LEAD, at=AT, incident=called[0])
    with clock.frozen(AT):
        shown = text_of(Client().get(link))
        assert "这次叫应已经结束，不用再回应。" in shown
        assert "我收到了" not in shown
        assert "这次叫应已经结束" in text_of(Client().post(link), 409)


def test_who_is_called_sees_it_among_what_waits_and_answers_there_without_any_role(called):
    call = call_of(called[0], MONITOR)
    own, other = actor_of(call.person.user), actor_of(call_of(called[0], VILLAGE).person.user)
    assert waiting_for(own, "hazards.calls") == [f"/hazards/calls/{call.uuid}/"]
    page = Client()
    page.force_login(call.person.user, backend=BACKEND)
    with clock.frozen(AT + MINUTE):
        assert "色乌绒二号坡" in text_of(page.get("/inbox/"))
        assert "我收到了" in text_of(page.get(f"/hazards/calls/{call.uuid}/"))
        # That of somebody else is not there.
        assert page.get(waiting_for(other, "hazards.calls")[0]).status_code == 404
        assert page.post(waiting_for(other, "hazards.calls")[0]).status_code == 404
        assert "10:01" in text_of(answered := page.post(f"/hazards/calls/{call.uuid}/"))
        assert 'href="/inbox/"' in answered.content.decode()

    assert waiting_for(own, "hazards.calls") == []
    assert waiting_for(STRANGER, "hazards.calls") == []
    assert call_of(called[0], MONITOR).answered_by == own.ref


def test_who_is_on_duty_notes_an_answer_and_sends_again_and_others_do_not(called, sign_in):
    duty, engineer, stranger = sign_in("duty_officer", **DUTY), sign_in("station_engineer", **DUTY), sign_in(None)
    call = call_of(called[0], MONITOR)
    send_due(by=WATCH, at=AT)
    row = Dispatch.objects.filter(call=call).get()
    assert row.because == "not_set_up"
    noting, again = f"/hazards/calls/{call.uuid}/answer", f"/hazards/dispatches/{row.uuid}/again"
    with clock.frozen(AT + MINUTE):
        assert stranger.post(noting, {"because": "x"}).status_code == 404
        assert stranger.post(again).status_code == 404
        assert engineer.post(noting, {"because": "x"}).status_code == 403
        assert engineer.post(again).status_code == 403
        assert "本站没有接通这个渠道" not in text_of(engineer.get("/hazards/not-sent/"))
        shown = text_of(duty.get("/hazards/not-sent/"))
        assert "本站没有接通这个渠道" in shown
        assert duty.post(noting, {"because": ""}).status_code == 400
        assert duty.post(noting, {"because": "骑车去了家里"}).status_code == 302
        assert duty.post(again).status_code == 302
        assert duty.post(again).status_code == 409

    row.refresh_from_db()
    assert (row.state, call_of(called[0], MONITOR).answer) == ("waiting", "骑车去了家里")


def test_who_has_answered_is_sent_nothing_again(called):
    incident, _alert = called
    Dispatch.objects.update(state="skipped", because="no_phone")
    answer(by=DUTY_OFFICER, at=AT, call=call_of(incident, MONITOR).uuid, because="当面说了")

    shown = calls_of(viewer=DUTY_OFFICER, incident=incident, at=AT)

    assert [{one.may_repeat for one in call.sent} for call in shown] == [{False}, {True}, {True}]


def test_the_page_of_a_link_leads_to_what_is_to_be_done(called, link):
    with clock.frozen(AT):
        shown = Client().get(link).content.decode()

    assert f"/alerts/{called[1].identifier}/" in shown


def test_what_was_not_sent_is_no_page_for_who_sees_no_hazards(called, sign_in):
    assert sign_in(None).get("/hazards/not-sent/").status_code == 404
    assert sign_in("duty_officer", **DUTY).get("/hazards/not-sent/").status_code == 200


def test_the_part_of_the_incidents_page_shows_calls_with_what_was_sent(called, rf):
    send_due(by=WATCH, at=AT)
    run_clock(by=WATCH, at=AT + MINUTE)
    run_clock(by=WATCH, at=AT + MINUTE)
    given = {
        "calls": calls_of(viewer=DUTY_OFFICER, incident=called[0], at=AT + MINUTE),
        "sirens": sirens_of(viewer=DUTY_OFFICER, incident=called[0]),
    }

    shown = render_to_string("hazards/_calls.html", given, request=rf.get("/"))

    assert shown.count("<tr>") == 4
    assert "乙某" in shown
    assert "本站没有接通这个渠道" in shown
    # Nobody is reached, so that after the last nobody is left.
    assert shown.count("后面没有人可找了") == 3
    assert shown.count("替本人记下回应") == 3
    assert "警报器" in shown


def test_a_channel_for_everybody_is_used_where_none_is_chosen():
    called_out(Level.BLUE, site=a_called_site(channels=()))

    assert [one.channel for one in Dispatch.objects.order_by("pk")] == [
        Channel.APP,
        Channel.SMS,
        Channel.VOICE,
        Channel.MAIL,
    ]
