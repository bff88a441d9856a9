# SPDX-License-Identifier: Apache-2.0
"""Letters by a real mail server: what they say, and what happens while it is away, refuses, or hangs."""

import time
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.test import override_settings

from shanhai.base.audit.models import AuditRow
from shanhai.operations.hazards.calls.adapters import mail as by_mail
from shanhai.operations.hazards.calls.adapters.sending import send_due
from shanhai.operations.hazards.calls.selectors.calls import calls_of, not_sent
from shanhai.operations.hazards.calls.selectors.tokens import hashed, token_of
from shanhai.operations.hazards.calls.services.answering import answer
from shanhai.operations.hazards.calls.services.calling import end_calls
from shanhai.operations.hazards.calls.services.sending import LEASE, claim_due, try_again
from shanhai.operations.hazards.calls.services.ticking import run_clock
from shanhai.operations.hazards.calls.tests.builders import (
    MINUTE,
    WATCH,
    a_called_site,
    call_of,
    called_out,
    sent,
    states,
)
from shanhai.operations.hazards.calls.tests.servers import MailServer, a_silent_port, a_trickling_port
from shanhai.operations.hazards.models import Call, Dispatch, DispatchMove, Incident
from shanhai.operations.hazards.values import ChainRole, Channel, Level
from tests.cast import AT, CONSULTATION_LEAD, DUTY_OFFICER

pytestmark = pytest.mark.django_db
MONITOR, VILLAGE, TOWNSHIP, *_ = ChainRole
MAIL = (Channel.MAIL,)


def by_smtp(port):
    return override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        PUBLIC_URL="https://shan.example.org",
    )


@pytest.fixture
def mail():
    server = MailServer()
    with by_smtp(server.port):
        yield server
    server.leave()


def go(minutes=0.0, **of):
    return send_due(by=WATCH, at=AT + minutes * MINUTE, **of)


def test_a_letter_is_chinese_then_english_with_the_link_that_answers(mail):
    incident, _ = called_out(Level.RED, site=a_called_site(channels=MAIL, siren=""))

    assert go() == 3

    assert mail.box.to == ["called-1@example.org", "called-2@example.org", "called-3@example.org"]
    assert [one[3] for one in sent(incident)] == ["handed"] * 3
    letter = next(one for one in mail.box.letters if one["To"] == "called-1@example.org")
    assert letter["Subject"].strip() == "红色预警 色乌绒二号坡 Red warning"
    text = letter.get_content()
    link = f"https://shan.example.org/hazards/answer/{token_of(call_of(incident, MONITOR).uuid)}"
    chinese, english = text.index("色乌绒二号坡：红色预警。"), text.index("色乌绒二号坡: Red warning.")
    assert chinese < text.index(f"回应：{link}") < english < text.index(f"Answer: {link}")
    assert "撤到：村小学操场。" in text
    assert "请在 2026-11-22 10:10 前回应" in text
    assert "演练" not in text
    assert letter["Message-ID"] == f"<{call_of(incident, MONITOR).dispatches.get().uuid}@shanhai>"
    assert go() == 0


def test_an_exercise_says_so_in_the_subject_and_first_of_all(mail):
    called_out(Level.BLUE, site=a_called_site(channels=MAIL), exercise=True)

    go()

    (letter,) = mail.box.letters
    assert letter["Subject"].strip().startswith("【演练】蓝色预警 色乌绒二号坡 [EXERCISE]")
    text = letter.get_content()
    assert text.index("这是演练，不是真的险情。") < text.index("This is an exercise, not a real danger.")


def test_a_mail_server_that_is_away_for_an_hour_loses_nothing(mail):
    """Time passes by the instants that the loop hands over, every five seconds."""
    _incident, _ = called_out(Level.BLUE, site=a_called_site(channels=MAIL))
    mail.leave()
    tried = [second / 60 for second in range(0, 3600, 5) if go(second / 60)]

    assert tried[:5] == [0, 0.25, 0.75, 1.75, 3.75]
    assert 8 <= len(tried) <= 12
    (row,) = Dispatch.objects.all()
    assert (row.state, row.because, row.attempts) == ("waiting", "not_reached", len(tried))

    mail.come()
    late = next(second / 60 for second in range(3600, 5400, 5) if go(second / 60))

    assert late <= 70
    assert mail.box.to == ["called-1@example.org"]
    row.refresh_from_db()
    assert (row.state, row.because) == ("handed", "")
    # When the server had it, which is a moment after we began.
    assert AT + late * MINUTE < row.handed_at < AT + (late + 1) * MINUTE


def test_what_is_given_up_calls_the_next_at_once_and_can_be_sent_again(mail):
    incident, _ = called_out(Level.BLUE, site=a_called_site(channels=MAIL))
    mail.box.answer = "550 5.1.1 <called-1@example.org>: no such user"

    go()

    (row,) = Dispatch.objects.all()
    assert (row.state, row.because, row.attempts) == ("dead", "refused 550", 1)
    assert "@" not in "".join(str(one.changes) for one in AuditRow.objects.all())
    (dead,) = not_sent(viewer=DUTY_OFFICER)
    assert (dead.row, dead.may_repeat) == (row, True)
    # Nobody else can reach them: the next is called now and not in four hours.
    mail.box.answer = ""
    run_clock(by=WATCH, at=AT + MINUTE)
    assert states(incident) == [("monitor", "missed"), ("village", "waiting")]
    go(1)
    assert mail.box.to == ["called-2@example.org"]
    assert "No answer" not in mail.box.letters[0]["Subject"]
    assert "群测群防员到时限没有回应。请派人当面通知" in mail.box.letters[0].get_content()

    try_again(by=DUTY_OFFICER, at=AT + 2 * MINUTE, dispatch=row.uuid)
    go(2)

    assert mail.box.to == ["called-1@example.org", "called-2@example.org"]
    moves = DispatchMove.objects.filter(dispatch=row).order_by("pk")
    assert [(one.old, one.new, one.by) for one in moves] == [
        ("waiting", "dead", WATCH.ref),
        ("dead", "waiting", DUTY_OFFICER.ref),
        ("waiting", "handed", WATCH.ref),
    ]


@pytest.mark.parametrize("answer", ["451 4.7.1 greylisted", "421 closing"])
def test_a_refusal_for_now_is_tried_again(mail, answer):
    called_out(Level.BLUE, site=a_called_site(channels=MAIL))
    mail.box.answer = answer

    go()
    assert Dispatch.objects.get().state == "waiting"
    mail.box.answer = ""
    go(0.25)

    assert Dispatch.objects.get().state == "handed"


def test_a_server_that_hangs_is_waited_for_once_for_all_letters_together():
    called_out(Level.RED, site=a_called_site(channels=MAIL))
    with a_silent_port() as port, by_smtp(port), override_settings(CALLS_TIMEOUT_S=1):
        began = time.monotonic()
        assert go() == 3
        assert 0.9 < time.monotonic() - began < 2.5

    assert {(one.state, one.because) for one in Dispatch.objects.all()} == {("waiting", "timed_out")}


def test_a_server_that_never_comes_to_an_end_is_not_waited_for_for_ever():
    called_out(Level.BLUE, site=a_called_site(channels=MAIL))
    with a_trickling_port() as port, by_smtp(port), override_settings(CALLS_TIMEOUT_S=0.5):
        began = time.monotonic()
        assert go() == 1
        assert time.monotonic() - began < 4

    row = Dispatch.objects.get()
    assert (row.state, row.because) == ("waiting", "timed_out")


def test_who_cannot_be_written_to_is_skipped_with_the_reason_and_the_next_is_called(mail):
    incident, _ = called_out(Level.BLUE, site=a_called_site(channels=(Channel.MAIL, Channel.SMS, Channel.VOICE)))
    person = call_of(incident, MONITOR).person
    person.user.email, person.work_phone = "", ""
    person.user.save()
    person.save()

    assert go() == 3

    assert [(one.channel, one.because) for one in Dispatch.objects.order_by("pk")] == [
        ("mail", "no_mail"),
        ("sms", "no_phone"),
        ("voice", "no_phone"),
    ]
    run_clock(by=WATCH, at=AT)
    assert states(incident) == [("monitor", "missed"), ("village", "waiting")]
    go()
    # A channel that this site has not is said to be that; the other one is left.
    assert [(one[1], one[3]) for one in sent(incident, call__role=VILLAGE)] == [
        ("mail", "handed"),
        ("sms", "skipped"),
        ("voice", "skipped"),
    ]
    run_clock(by=WATCH, at=AT + MINUTE)
    assert states(incident)[1:] == [("village", "waiting")]


@pytest.mark.parametrize("channel", [Channel.MAIL, Channel.SMS, Channel.APP])
def test_who_is_no_longer_in_the_duty_is_not_told(mail, channel):
    incident, _ = called_out(Level.BLUE, site=a_called_site(channels=(channel,)))
    person = call_of(incident, MONITOR).person
    person.valid_until = date(2026, 11, 22)
    person.save()

    go()

    assert Dispatch.objects.get().because == "posting_ended"


@pytest.mark.parametrize("user", [None, SimpleNamespace(is_active=False)])
def test_within_the_product_somebody_is_told_who_has_an_account(mail, user):
    incident, _ = called_out(Level.BLUE, site=a_called_site(channels=(Channel.APP,)))
    person = call_of(incident, MONITOR).person
    if user is None:
        person.user = None
        person.save()
    else:
        person.user.is_active = False
        person.user.save()
    go()
    assert Dispatch.objects.get().because == "no_account"

    called_out(Level.RED, incident=incident, at=AT + MINUTE)
    go(1)
    assert [(one[0], one[3]) for one in sent(incident, call__level=Level.RED)] == [
        ("monitor", "skipped"),
        ("village", "handed"),
        ("township", "handed"),
    ]


def test_what_is_not_needed_any_more_does_not_go(mail):
    incident, _ = called_out(Level.RED, site=a_called_site(channels=MAIL))
    answer(by=DUTY_OFFICER, at=AT, call=call_of(incident, MONITOR).uuid, because="当面")
    Dispatch.objects.filter(call__role=VILLAGE).update(next_at=AT + timedelta(hours=25))
    go()
    assert mail.box.to == ["called-3@example.org"]
    go(25 * 60)
    assert {one.call.role: one.because for one in Dispatch.objects.select_related("call")} == {
        "monitor": "answered",
        "village": "expired",
        "township": "",
    }

    Incident.objects.filter(pk=incident.pk).update(state="lifted")
    end_calls(by=CONSULTATION_LEAD, at=AT + 26 * 60 * MINUTE, incident=incident)
    go(26 * 60)

    # Only who had been told is told that it is over; that is not held up by an alert that has expired.
    assert mail.box.letters[-1]["To"] == "called-3@example.org"
    assert mail.box.letters[-1]["Subject"].strip() == "预警已解除 色乌绒二号坡 Warning lifted"
    assert "hazards/answer" not in mail.box.letters[-1].get_content()


def test_what_is_over_before_its_message_went_is_told_to_nobody(mail):
    incident, _ = called_out(Level.RED, site=a_called_site(channels=MAIL))
    Incident.objects.filter(pk=incident.pk).update(state="lifted")
    end_calls(by=CONSULTATION_LEAD, at=AT, incident=incident)

    assert go() == 3

    assert mail.box.letters == []
    assert {(one.state, one.because) for one in Dispatch.objects.all()} == {("skipped", "ended")}


def test_killed_between_hand_over_and_mark_a_letter_goes_once_more_and_no_more(mail):
    called_out(Level.BLUE, site=a_called_site(channels=MAIL))
    (claimed,), _ = claim_due(by=WATCH, at=AT, channel=None, set_up=list(Channel))
    by_mail.hand_over(claimed.letter)
    # Nobody else takes it while the claim holds.
    assert go(1) == 0
    assert go(LEASE / MINUTE) == 1
    assert go(60) == 0

    first, second = mail.box.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert Dispatch.objects.get().attempts == 2


def test_a_link_answers_though_the_key_of_the_site_has_changed_since_the_call(mail):
    _incident, _ = called_out(Level.BLUE, site=a_called_site(channels=MAIL))
    with override_settings(SECRET_KEY="another"):
        go()
        token = token_of(Call.objects.get().uuid)

    assert token in mail.box.letters[0].get_content()
    assert Call.objects.get().token == hashed(token)


def test_a_letter_that_cannot_be_written_holds_up_no_other(mail, monkeypatch):
    incident, _ = called_out(Level.RED, site=a_called_site(channels=MAIL))
    broken = call_of(incident, MONITOR).dispatches.get()
    broken.repeat, broken.alert = 3, None
    call = broken.call
    call.level = 0
    call.save()
    broken.save()
    monkeypatch.setattr(
        "shanhai.operations.hazards.calls.rules.wording.LEVELS", {1: 0, 2: 0, 3: 0, 4: ("stop", "红色")}
    )

    go()

    assert mail.box.to == ["called-2@example.org", "called-3@example.org"]
    broken.refresh_from_db()
    assert (broken.state, broken.because) == ("waiting", "fault")


def test_one_channel_is_asked_for_by_itself_and_nothing_due_is_one_question(mail, django_assert_num_queries):
    _incident, _ = called_out(Level.BLUE, site=a_called_site(channels=(Channel.MAIL, Channel.APP)))

    assert go(channel=Channel.APP) == 1
    assert mail.box.letters == []
    assert go(channel=Channel.MAIL) == 1
    with django_assert_num_queries(1):
        assert go() == 0


def test_no_name_number_or_address_is_kept_beside_a_call(mail):
    _incident, _ = called_out(Level.RED, site=a_called_site(channels=(Channel.MAIL, Channel.SMS)))
    mail.box.answer = "550 5.1.1 <called-1@example.org> 13900000001 甲某"
    go()
    run_clock(by=WATCH, at=AT + 10 * MINUTE)

    kept = [
        str(row)
        for model in (Call, Dispatch, DispatchMove, AuditRow)
        for row in model.objects.values()
        if model is not AuditRow or row["action"].startswith("hazards.")
    ]
    assert len(kept) > 12
    for secret in ("called-", "example.org", "139000", "甲某", "乙某"):
        assert [one for one in kept if secret in one] == []


def test_the_page_of_an_incident_tells_what_went_to_whom_in_few_questions(mail, django_assert_max_num_queries):
    incident, _ = called_out(Level.RED, site=a_called_site(channels=MAIL))
    go()
    answer(by=DUTY_OFFICER, at=AT + 7 * MINUTE, call=call_of(incident, VILLAGE).uuid, because="电话里说收到了")
    run_clock(by=WATCH, at=AT + 10 * MINUTE)

    with django_assert_max_num_queries(3):
        first, second, third = calls_of(viewer=DUTY_OFFICER, incident=incident, at=AT + 11 * MINUTE)

    assert (first.name, first.state[1], first.silent, first.may_answer_for) == ("乙某", "没有回应", False, True)
    assert (second.minutes, second.row.answer, second.may_answer_for) == (7, "电话里说收到了", False)
    # Behind the last nobody is left.
    assert (third.state[1], third.silent) == ("没有回应", True)
    assert next(one.state[1] for one in first.sent) == "已交出"
