# SPDX-License-Identifier: Apache-2.0
import pytest

from shanhai.kernel.actors import NOBODY, Actor, Scope, system
from shanhai.kernel.errors import NotAllowed


@pytest.mark.parametrize(
    ("scope", "programme", "place", "covered"),
    [
        (Scope(), "zj-ganzi", "513301", True),
        (Scope(), None, None, True),
        (Scope("zj-ganzi"), "zj-ganzi", None, True),
        (Scope("zj-ganzi"), "zj-nagqu", "540602", False),
        (Scope("zj-ganzi"), None, None, False),
        (Scope(None, "540600"), "zj-nagqu", "540621", True),
        (Scope(None, "540600"), "fj-changdu", "540302", False),
        (Scope(None, "540000"), "fj-changdu", "540302", True),
        (Scope(None, "513301"), "zj-ganzi", "513300", False),
        (Scope(None, "513301"), "zj-ganzi", None, False),
    ],
)
def test_a_scope_covers_what_lies_inside_it(scope, programme, place, covered):
    assert scope.covers(programme=programme, place=place) is covered


def test_an_actor_may_only_where_a_scope_of_that_permission_covers():
    actor = Actor("user:x", grants={"project.view": (Scope("zj-ganzi", "513301"),)})

    assert actor.may("project.view", programme="zj-ganzi", place="513301")
    assert not actor.may("project.view", programme="zj-ganzi", place="513322")
    assert not actor.may("project.move", programme="zj-ganzi", place="513301")
    assert actor.may_somewhere("project.view")


@pytest.mark.parametrize(
    ("programme", "place", "touched"),
    [
        (None, None, True),
        ("zj-ganzi", None, True),
        ("zj-ganzi", "513301", True),
        ("zj-ganzi", "513300", True),
        ("zj-ganzi", "510000", True),
        ("zj-ganzi", "513322", False),
        ("zj-nagqu", "513301", False),
        (None, "540602", False),
    ],
)
def test_an_actor_may_somewhere_where_a_scope_lies_in_or_around_it(programme, place, touched):
    county = Actor("user:x", grants={"fund.view": (Scope("zj-ganzi", "513301"),)})

    assert county.may_somewhere("fund.view", programme=programme, place=place) is touched
    assert not county.may_somewhere("fund.post", programme=programme, place=place)


def test_an_actor_is_confined_to_one_place_or_to_none():
    county, all_of_it = Scope("zj-ganzi", "513301"), Scope("zj-ganzi")
    actor = Actor("user:x", grants={"a": (county,), "b": (county, Scope(None, "513322")), "c": (county, all_of_it)})

    assert actor.confined_to("a", programme="zj-ganzi") == "513301"
    assert [actor.confined_to(one, programme="zj-ganzi") for one in "bcd"] == [None, None, None]
    assert actor.confined_to("a", programme="zj-nagqu") is None
    assert [actor.may_unplaced(one) for one in "abcd"] == [False, False, True, False]
    assert [actor.files_under(one, programme="zj-ganzi") for one in "abcd"] == ["513301", "513301", "", ""]


def test_a_permission_is_lent_for_one_programme_and_place_to_another_actor():
    actor = Actor("user:x", grants={"a": (Scope("zj-ganzi", "513301"),)})
    lent = actor.lent("a", programme="zj-ganzi", place="513322")

    assert lent.may("a", programme="zj-ganzi", place="513301")
    assert lent.may("a", programme="zj-ganzi", place="513322")
    assert not actor.may("a", programme="zj-ganzi", place="513322")


def test_nobody_may_nothing():
    assert not NOBODY.may_somewhere("project.view")
    with pytest.raises(NotAllowed):
        NOBODY.require("project.view", programme="zj-ganzi")


def test_the_system_may_what_it_is_given_everywhere_and_nothing_else():
    worker = system("worker", ("fund.view",))

    assert worker.may("fund.view", programme="any", place="540602")
    assert not worker.may("fund.post", programme="any", place="540602")


def test_grants_cannot_be_widened_afterwards():
    actor = Actor("user:x", grants={"project.view": (Scope("a"),)})

    with pytest.raises(TypeError):
        actor.grants["project.move"] = (Scope(),)
