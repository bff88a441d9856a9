# SPDX-License-Identifier: Apache-2.0
"""Sizes that keep a file readable in one sitting."""

import statistics

from tests.architecture.tree import ROOT, functions, shown, sources, tracked_files


def test_no_file_is_longer_than_400_lines():
    files = [p for p in tracked_files() if p.suffix in {".py", ".js", ".css"} and "vendor" not in p.parts]
    files = [p for p in files if "migrations" not in p.parts]
    long = {shown(p): n for p in files if (n := len(p.read_text("utf-8").splitlines())) > 400}

    assert len(files) > 50
    assert long == {}


def test_half_of_the_files_are_shorter_than_120_lines():
    lengths = [len(path.read_text("utf-8").splitlines()) for path in sources()]

    assert statistics.median(lengths) <= 120


def test_no_function_is_longer_than_60_lines():
    long = {
        f"{shown(path)}:{node.name}": length
        for path in sources()
        for node in functions(path)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > 60
    }

    assert long == {}


def test_no_template_is_longer_than_200_lines():
    templates = [path for path in ROOT.glob("**/templates/**/*.html") if ".venv" not in path.parts]
    long = {shown(path): n for path in templates if (n := len(path.read_text("utf-8").splitlines())) > 200}

    assert templates
    assert long == {}
