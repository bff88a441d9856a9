# SPDX-License-Identifier: Apache-2.0
"""Front-end files of others are the ones the manifest names, and their licences let us pass them on."""

import hashlib
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

VENDOR = Path(settings.SHARE_DIR) / "static" / "vendor"
PACKAGES = tomllib.loads((VENDOR / "MANIFEST.toml").read_text("utf-8"))["package"]
FILES = {name: checksum for package in PACKAGES for name, checksum in package["files"].items()}
PERMISSIVE = {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "Unlicense"}


def checksum_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("name", FILES)
def test_every_vendored_file_is_the_one_that_was_looked_at(name):
    assert checksum_of((VENDOR / name).read_bytes()) == FILES[name]


def test_one_changed_byte_would_be_found():
    name = next(iter(FILES))

    assert checksum_of((VENDOR / name).read_bytes() + b" ") != FILES[name]


def test_no_file_lies_there_that_the_manifest_does_not_name():
    lying = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}

    assert lying == {"MANIFEST.toml", *FILES}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_every_package_names_its_version_its_reason_and_a_permissive_licence(package):
    texts = [name for name in package["files"] if "LICENSE" in name]

    assert package["licence"] in PERMISSIVE
    assert package["version"]
    assert package["why"]
    assert texts


def test_pages_fetch_nothing_from_elsewhere():
    found = [
        path.name
        for folder in ("templates", "static/shanhai")
        for path in (Path(settings.SHARE_DIR) / folder).rglob("*")
        if path.suffix in {".html", ".css", ".js"}
        and any(mark in path.read_text("utf-8") for mark in ('src="http', "@import", "url(http", 'src="//'))
    ]

    assert found == []
