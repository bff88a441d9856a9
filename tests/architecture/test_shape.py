# SPDX-License-Identifier: Apache-2.0
"""What the import contracts cannot see: signatures, foreign keys, readme files, other apps' models."""

import ast
import configparser
from pathlib import Path

import pytest
from django.apps import apps as django_apps
from django.db.models import ForeignKey, OneToOneField

from tests.architecture.tree import ROOT, SRC, apps, modules, parsed, public_functions, shown, subjects

RANK = {"base": 0, "registers": 1, "planning": 2, "team": 3, "field": 4, "operations": 5, "insight": 6}
# Services that only read or compute for other services, each with the reason.
WITHOUT_ACTOR: dict[str, str] = {
    "passages.make_index": "asked after every migration: an index of the database, of which nobody is told",
    "jobs.run_task": "what the queue calls: the entry point that reads the clock and acts as the worker",
}


@pytest.mark.parametrize("app", apps(), ids=lambda app: app.name)
def test_every_service_takes_its_actor_and_instant_by_keyword(app):
    wrong = []
    for path in modules(app, "services"):
        for node in public_functions(path):
            names = {argument.arg for argument in node.args.kwonlyargs}
            if f"{app.name}.{node.name}" in WITHOUT_ACTOR:
                continue
            if node.args.args or node.args.posonlyargs or not {"by", "at"} <= names:
                wrong.append(f"{shown(path)}:{node.name}")

    assert wrong == []


@pytest.mark.parametrize("app", apps(), ids=lambda app: app.name)
def test_every_public_service_selector_and_rule_says_what_it_promises(app):
    silent = [
        f"{shown(path)}:{node.name}"
        for kind in ("services", "selectors", "rules")
        for path in modules(app, kind)
        for node in public_functions(path)
        if not ast.get_docstring(node)
    ]

    assert silent == []


@pytest.mark.parametrize("app", apps(), ids=lambda app: app.name)
def test_every_app_has_a_readme_whose_words_are_in_the_glossary(app):
    readme = (app / "README.md").read_text("utf-8")
    glossary = (ROOT / "GLOSSARY.md").read_text("utf-8")
    words = [line for line in readme.partition("## Words")[2].partition("\n## ")[0].splitlines() if line[:1] == "|"]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in words[2:]]

    assert rows, "the README lists its words under '## Words'"
    assert [row[0] for row in rows if f"| {row[0]} |" not in glossary] == []


def own_models():
    return [model for model in django_apps.get_models() if model.__module__.startswith("shanhai.")]


def layer_of(model) -> int:
    return RANK[model.__module__.split(".")[1]]


def test_foreign_keys_point_down_or_sideways_and_protect_what_they_point_at():
    wrong = []
    for model in own_models():
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey | OneToOneField) or field.related_model._meta.app_label == "":
                continue
            target = field.related_model
            if target._meta.app_label == model._meta.app_label or not target.__module__.startswith("shanhai."):
                continue
            upward = layer_of(target) > layer_of(model)
            unprotected = field.remote_field.on_delete.__name__ != "PROTECT"
            if upward or unprotected or not field.remote_field.related_name.endswith("+"):
                wrong.append(str(field))

    assert own_models()
    assert wrong == []


def imported_modules(path) -> list[str]:
    """What a file imports when it runs; names imported for annotations only do not bind apps together."""
    tree, found = [parsed(path)], []
    while tree:
        node = tree.pop()
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        tree.extend(ast.iter_child_nodes(node))
    return found


# An app with more than these has a folder for each subject.
MOST_MODULES = 25

# What other apps may import: writes, reads, values and the words and permissions that go with them.
SURFACE = {"services", "selectors", "values", "events", "states", "labels", "permissions", "access", "roles"}


def test_other_apps_import_only_the_surface_of_an_app():
    wrong = []
    for path in SRC.rglob("*.py"):
        parts = path.relative_to(SRC).parts
        if "tests" in parts or "migrations" in parts:
            continue
        own = ".".join(("shanhai", *parts[:2])) if parts[0] in RANK else ""
        for module in imported_modules(path):
            pieces = module.split(".")
            foreign = pieces[0] == "shanhai" and len(pieces) > 3 and pieces[1] in RANK
            if not foreign or (own and f"{module}.".startswith(f"{own}.")):
                continue
            if not is_surface(pieces):
                wrong.append(f"{shown(path)}: {module}")

    assert wrong == []


# A kit has no life of its own: others declare their tables with its rules, and their forms with its fields (ADR 17), or
# give the history of their states its shape. Everybody says things in the words of the reader, and answers forms alike.
KITS = {
    "tables": {"rules", "forms"},
    # Which system coordinates are in is told, and turned into WGS 84, in one way.
    "places": {"rules"},
    "database": {"models"},
    "formats": {"say", "named", "name_of", "measure"},
    "forms": {
        "Act",
        "AnsweringForm",
        "CorrectingForm",
        "LANGUAGE",
        "ReasonForm",
        "FoldingForm",
        "SavingForm",
        "SeenField",
        "answered",
        "offered",
        "refused",
        "told_once",
        "keep",
        "saved",
        "status_of",
    },
    "held": {"clear_held", "held", "hold"},
    "typesetting": {"SANS", "SERIF", "installed", "typeset"},
    "maps": {"Layer"},
    "programs": {"body_within", "checked_name", "hashed", "no_constant", "token_of"},
}


def is_surface(pieces: list[str]) -> bool:
    """Whether ``shanhai.<layer>.<app>.…`` may be imported by other apps; in an app with subjects, within a subject."""
    if pieces[3] in KITS.get(pieces[2], ()):
        return True
    names = {subject.name for subject in subjects(SRC / pieces[1] / pieces[2])}
    return pieces[4 if pieces[3] in names and len(pieces) > 4 else 3] in SURFACE


@pytest.mark.parametrize(
    ("module", "surface"),
    [
        ("shanhai.planning.projects.core.selectors.projects.get_project", True),
        ("shanhai.planning.projects.shares.services", True),
        ("shanhai.planning.projects.values.Dates", True),
        ("shanhai.planning.projects.core.rules.is_late", False),
        ("shanhai.planning.projects.core", False),
        ("shanhai.planning.projects.models.Project", False),
        ("shanhai.planning.seasons.rules.services", False),
        ("shanhai.registers.tables.rules.cells", True),
        ("shanhai.registers.tables.apps", False),
        ("shanhai.base.database.models", True),
        ("shanhai.base.audit.models", False),
    ],
)
def test_the_surface_is_told_from_the_inside(module, surface):
    assert is_surface(module.split(".")) is surface


@pytest.mark.parametrize("app", apps(), ids=lambda app: app.name)
def test_an_app_of_many_modules_has_subjects(app):
    assert len(modules_outside(app, subjects(app))) <= MOST_MODULES, f"give {app.name} subjects, ADR 20"


def modules_outside(app, folders) -> list[Path]:
    apart = {*folders, app / "tests", app / "migrations", app / "management"}
    return [p for p in app.rglob("*.py") if p.name != "__init__.py" and not apart & set(p.parents)]


def test_the_subjects_are_what_keeps_a_large_app_in_order():
    app = SRC / "planning" / "projects"

    assert len(modules_outside(app, [])) > MOST_MODULES, "without its subjects the law would refuse it"
    assert 0 < len(modules_outside(app, subjects(app))) < MOST_MODULES


def contracts() -> configparser.ConfigParser:
    found = configparser.ConfigParser()
    found.read(ROOT / ".importlinter", encoding="utf-8")
    return found


def unwatched(names: set[str]) -> set[str]:
    """Which of these subjects no contract puts in order, within themselves and among those of their app."""
    listed = contracts()
    inside = set(listed["importlinter:contract:inside"]["containers"].split())
    order = {
        f"{part['containers'].strip()}.{name}"
        for key in listed.sections()
        if ":subjects-of-" in key
        for part in [listed[key]]
        for name in part["layers"].split()
    }
    return names - (inside & order)


def test_every_subject_has_its_contracts():
    names = {".".join(("shanhai", *s.relative_to(SRC).parts)) for app in apps() for s in subjects(app)}

    assert "shanhai.planning.projects.core" in names
    assert unwatched(names) == set()
    assert unwatched({"shanhai.planning.projects.elsewhere"}) == {"shanhai.planning.projects.elsewhere"}


def test_every_constraint_is_named_by_a_sentence_that_starts_with_its_model():
    wrong = [
        constraint.name
        for model in own_models()
        for constraint in model._meta.constraints
        if not constraint.name.startswith(f"{model._meta.app_label}_{model._meta.model_name}_")
    ]

    assert wrong == []


def test_every_migration_has_a_name():
    unnamed = [shown(p) for p in SRC.rglob("migrations/0*.py") if "_auto_" in p.name]

    assert unnamed == []
