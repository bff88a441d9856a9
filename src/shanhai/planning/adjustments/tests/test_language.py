# SPDX-License-Identifier: Apache-2.0
"""Places and programmes bear their names in the language of who reads of an adjustment."""

import pytest
from django.utils.translation import override

from shanhai.kernel import clock
from shanhai.planning.adjustments.selectors.adjustments import adjustment_page
from shanhai.planning.adjustments.states import Kind, State
from shanhai.planning.adjustments.tests.builders import an_adjustment, moving
from shanhai.planning.programmes.models import Programme
from shanhai.registers.places.models import Division
from tests.cast import AT, OFFICE, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with clock.frozen(AT):
        yield


def test_an_effect_bears_the_names_of_its_reader_and_not_those_of_who_asked(school, park):
    Programme.objects.update(name_en="Zhejiang for Garze")
    Division.objects.filter(code="513301").update(name_en="Kangding City")
    with override("en"):
        adjustment = an_adjustment(
            project=school.project, kind=Kind.MOVE_MONEY, wish=moving(school, park, 600), state=State.SUBMITTED
        )
        said = [effect.name for effect in adjustment_page(viewer=OFFICE, uuid=adjustment.uuid).effects]

    assert said[:2] == ["Zhejiang for Garze 2026", "Kangding City 2026"]
    read = [effect.name for effect in adjustment_page(viewer=OFFICE, uuid=adjustment.uuid).effects]
    assert read[:2] == ["浙江省对口支援甘孜州 2026", "康定市 2026"]


def test_the_prefecture_itself_is_offered_under_its_name_in_the_readers_language(client, school):
    Division.objects.filter(code="513300").update(name_en="Garze Prefecture")
    client.force_login(a_user("office"), backend="allauth.account.auth_backends.AuthenticationBackend")
    asked = {"project": school.project.uuid, "kind": "site"}

    page = client.get("/adjustments/new", asked, headers={"Accept-Language": "en"}).content.decode()

    assert '<option value="513300">Garze Prefecture</option>' in page
