# SPDX-License-Identifier: Apache-2.0
"""The product does not start with a permission that nobody could have, nor with a role that holds a misspelt one."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from shanhai.base.accounts.roles import ROLES, Role, require_whole
from shanhai.kernel.registry import registries


def role_with(*permissions):
    return type("Some", (Role,), {"permissions": frozenset(permissions)})


def test_every_permission_is_held_and_every_role_holds_permissions_only():
    require_whole(ROLES.values(), registries.permissions)


def test_a_permission_that_no_role_holds_is_named():
    with pytest.raises(ImproperlyConfigured, match=r"no role holds pass\.issue"):
        require_whole(ROLES.values(), [*registries.permissions, "pass.issue"])


def test_a_role_with_an_unknown_permission_is_refused():
    with pytest.raises(ImproperlyConfigured, match=r"no permission: pas\.isue"):
        require_whole([*ROLES.values(), role_with("pas.isue")], registries.permissions)


def test_the_product_asks_when_it_starts(monkeypatch):
    monkeypatch.setitem(ROLES, "some", role_with("pas.isue"))

    with pytest.raises(ImproperlyConfigured):
        apps.get_app_config("portal").ready()
