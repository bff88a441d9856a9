# SPDX-License-Identifier: Apache-2.0
"""A comma with other than three digits behind it is refused with both readings, in every field that takes an amount."""

import pytest

from shanhai.planning.adjustments.forms import PlanForm, WishForm
from shanhai.planning.adjustments.states import Kind
from shanhai.planning.programmes.plans.forms import ReleaseForm
from shanhai.planning.projects.dossier.forms import ContractForm, VoucherForm
from shanhai.planning.projects.shares.forms import ArrivalForm
from shanhai.registers.tables.forms import MoneyField, NumberField

FORMS = {
    "voucher": (lambda data: VoucherForm(data, lines=[], may_override=False), "amount"),
    "arrival": (lambda data: ArrivalForm(data, sources=[], years=[]), "amount"),
    "contract": (lambda data: ContractForm(data), "amount"),
    "estimate": (lambda data: WishForm(data, kind=Kind.ESTIMATE, offered={}), "total_investment_fen"),
    "moved": (lambda data: WishForm(data, kind=Kind.MOVE_MONEY, offered={}), "moved_fen"),
    "plan": (lambda data: PlanForm(data, sources=[("province", "省级财政")]), "amount_of_province"),
    "release": (lambda data: ReleaseForm(data, reserves=[]), "amount"),
}


@pytest.mark.parametrize("name", list(FORMS))
@pytest.mark.parametrize(
    ("text", "readings"), [("12,5", ("12.5", "125")), ("1，5", ("1.5", "15")), ("1,23,456", ("123.456", "123456"))]
)
def test_a_comma_of_two_readings_is_refused_with_both(name, text, readings):
    make, field = FORMS[name]

    (said,) = make({field: text, "unit": "wan_yuan"}).errors[field]

    assert all(reading in said for reading in readings)


@pytest.mark.parametrize("name", list(FORMS))
@pytest.mark.parametrize("text", ["1,234.5", "1，234.5", "１２３４.５", "12345000元"])
def test_marks_of_thousands_are_read_in_full_width_too(name, text):
    make, field = FORMS[name]

    assert field not in make({field: text, "unit": "wan_yuan"}).errors


def test_a_plain_number_is_read_alike():
    field = NumberField()

    assert (field.clean("1，200"), field.clean("12.5"), MoneyField(required=False).clean("")) == (1200, 12.5, None)
    for text in ("12,5", "-1", "十二"):
        with pytest.raises(Exception, match=r"12\.5|不是数"):
            field.clean(text)
