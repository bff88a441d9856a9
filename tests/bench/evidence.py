# SPDX-License-Identifier: Apache-2.0
"""How fast texts are read for their figures, and files of IATI checked."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from shanhai.insight.evidence.tests.annotated import reports
from shanhai.insight.evidence.texts.rules.claims import extract
from shanhai.insight.evidence.texts.rules.reading import read
from shanhai.insight.evidence.texts.values import Original
from shanhai.insight.iati.rules.checking import check
from shanhai.insight.iati.tests.vectors import AT, SMALL
from tests.bench.building import Say
from tests.bench.documents import measure_documents
from tests.bench.report import Measured, cost
from tests.bench.run import Parts

MEGABYTES, FEW, IATI_MEGABYTES = 4, 0.2, 10


def measure_evidence(*, quick: bool, say: Say) -> Parts:
    """Measure on the reports of the corpus, said again and again."""
    found = Parts(say, lambda one: None)
    found.measure(lambda: _extraction(FEW if quick else MEGABYTES))
    found.measure(lambda: _check(FEW if quick else IATI_MEGABYTES))
    found.measure(lambda: measure_documents(3 if quick else 30))
    return found


def _extraction(megabytes: float) -> Iterator[Measured]:
    corpus = "\n".join(one.text for one in reports())
    size = len(corpus.encode()) / 1e6
    text = corpus * int(megabytes / size + 1)
    size *= len(text) / len(corpus)
    for name, do in (
        ("extraction, of 1 MB, CPU", lambda: extract(text)),
        ("reading copy and extraction, of 1 MB, CPU", lambda: extract(text, read(Original(text, {0: ""})))),
    ):
        took = cost(do, repeats=2).cpu / size
        yield Measured(name, round(took, 3), "s", 1, connection.vendor, said=f"{1 / took:.1f} MB/s")


def _check(megabytes: float) -> Iterator[Measured]:
    head, tail = SMALL.split("  <iati-activity ")[0], "</iati-activities>"
    activity = SMALL.removeprefix(head).removesuffix(f"{tail}\n")
    content = (head + activity * int(megabytes * 2**20 / len(activity.encode())) + tail).encode()
    took = cost(lambda: check(content, at=AT, most_bytes=2 * len(content)), repeats=1).cpu
    yield Measured(f"IATI check of {megabytes:g} MB, CPU", round(took, 2), "s", 5, connection.vendor)
