# SPDX-License-Identifier: Apache-2.0
"""What is served is what was installed last."""

import os

from django.contrib.staticfiles.finders import find

from shanhai.operate import serving


def test_static_files_are_collected_anew_when_one_of_an_app_has_changed(settings, tmp_path, monkeypatch):
    settings.STATIC_ROOT, asked = tmp_path, []
    monkeypatch.setattr(serving, "call_command", lambda name, **_: asked.append(name))
    for _ in range(2):
        serving.prepare_static()
    assert asked == ["collectstatic"]

    file = find("map/screen.css")
    seen = os.stat(file)
    try:
        os.utime(file, (seen.st_atime, seen.st_mtime + 10**6))
        serving.prepare_static()
    finally:
        os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert len(asked) == 2
