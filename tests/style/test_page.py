# SPDX-License-Identifier: Apache-2.0
"""The living style page: who may look, that it shows every component, and that nothing in it is inline."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client, override_settings
from django.utils import translation

import shanhai
from shanhai.base.accounts.tests.builders import signed_in
from shanhai.portal.templatetags import shanhai as tags
from tests.cast import a_user

TEMPLATES = Path(django_settings.SHARE_DIR) / "templates"
OWN = Path(__file__).parent / "templates" / "style"
INLINE = re.compile(r"""\sstyle=["']|<style[\s>]|\son[a-z]+=["']|<script(?![^>]*(\bsrc=|application/json))""")


@pytest.fixture
def client(db):
    with translation.override("zh-hans"):
        yield signed_in(a_user(None).username)


@pytest.mark.parametrize("demo", [True, False])
@pytest.mark.parametrize("path", ["/style", "/style/proof"])
def test_a_stranger_is_sent_to_sign_in(path, demo):
    with override_settings(DEMO=demo):
        answer = Client().get(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["/style", "/style/proof", "/accounts/login/"])
def test_no_page_carries_an_inline_script_or_style(client, path):
    html = (client if path.startswith("/style") else Client()).get(path).content.decode()

    assert "<h1>" in html
    assert INLINE.search(html) is None


def test_every_tag_stands_on_the_style_page():
    page = "".join(path.read_text("utf-8") for path in OWN.glob("_*.html"))
    page += (TEMPLATES / "portal" / "proof.html").read_text("utf-8")
    missing = [name for name in tags.register.tags if f"{{% {name} " not in page]
    missing += [name for name in tags.register.filters if f"|{name}" not in page]

    assert tags.register.tags
    assert missing == []


def test_the_drawer_gets_the_proof_without_the_frame(client):
    html = client.get("/style/proof", headers={"HX-Request": "true"}).content.decode()

    assert "proof-panel" in html
    assert "<html" not in html
    assert 'hx-target="#drawer-body"' in html


def test_the_proof_shows_the_division_the_other_bases_and_the_rows(client):
    html = client.get("/style/proof?part_page=52").content.decode()

    for words in ("66.7%", "换一个基数", "78.4%", "60.0%", "共 412 条，这里是第 409 至 412 条", "银行回单", "公开说法"):
        assert words in html


@pytest.mark.parametrize("number", ["0", "-1", "999999999999999999999", "x", "²", "", "１"])
def test_a_senseless_page_number_shows_a_page(client, number):
    assert client.get("/style", {"page": number}).status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_speaks_both_languages(client, language):
    client.cookies["django_language"] = language

    assert f'<html lang="{language}" dir="ltr">' in client.get("/style").content.decode()


def test_the_working_folder_does_not_lend_the_product_its_own_tests(tmp_path):
    (tmp_path / "tests.py").write_text("raise SystemExit('not ours')")
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment |= {"SHANHAI_DATA_DIR": str(tmp_path), "PYTHONPATH": str(Path(shanhai.__file__).parents[1])}

    command = [sys.executable, "-m", "shanhai", "check"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, "not ours" in done.stderr) == (0, False)
