# SPDX-License-Identifier: Apache-2.0
"""Whoever holds or points at a person has declared why, for how long, and how it is erased."""

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from shanhai.kernel.registry import registries

PERSON = "people.Person"


def target_of(field) -> str:
    """The label of the model that a field points at, "" for none; also of a model that is not loaded."""
    target = field.remote_field.model if field.is_relation and field.remote_field else None
    return target if isinstance(target, str) else getattr(getattr(target, "_meta", None), "label", "")


def undeclared(found) -> list[str]:
    """Models that are Person, or point at it, without a PersonalData in the registry."""
    return [
        model._meta.label
        for model in found
        if (model._meta.label == PERSON or any(target_of(field) == PERSON for field in model._meta.local_fields))
        and registries.personal_data.get(model._meta.label) is None
    ]


def test_every_model_that_points_at_a_person_declares_its_personal_data():
    assert registries.personal_data.get(PERSON) is not None
    assert undeclared(apps.get_models(include_auto_created=True)) == []


@isolate_apps("django.contrib.contenttypes")
def test_a_model_that_points_at_a_person_without_a_declaration_is_found():
    class Badge(models.Model):
        person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")

        class Meta:
            app_label = "people"

    assert undeclared([Badge]) == ["people.Badge"]


def test_every_declared_field_exists_on_its_model():
    wrong = [
        f"{declared.key}.{field}"
        for declared in registries.personal_data
        for field in declared.fields
        if field not in {found.name for found in apps.get_model(declared.key)._meta.get_fields()}
    ]

    assert wrong == []
