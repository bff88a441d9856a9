# SPDX-License-Identifier: Apache-2.0
"""The list of batches."""

import pytest

from shanhai.registers.codes.issue.tests.test_issuing import a_batch

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("query", ["", "?programme=zj-ganzi"])
def test_who_sees_codes_finds_all_batches_or_those_of_a_programme(sign_in, query):
    batch = a_batch(3)

    page = sign_in("auditor").get(f"/codes/{query}").content.decode()

    assert f"/codes/{batch.uuid}/" in page


def test_another_programme_has_none_of_them(sign_in):
    batch = a_batch(3)

    page = sign_in("auditor").get("/codes/?programme=fj-changdu").content.decode()

    assert f"/codes/{batch.uuid}/" not in page
