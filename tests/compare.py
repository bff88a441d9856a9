# SPDX-License-Identifier: Apache-2.0
"""Codes, hash ids and styles beside what others say: ``python -m tests.compare [COUNT] [SEED]`` (``make compare``).

digital-link.js takes apart and writes random Digital Links; epcis2.js hashes random events; the validator of MapLibre
reads the styles of the map. Whatever differs is
printed, and the run fails. What is known to differ on valid input is left out of what is made, and stands as a script
under findings/: values that need escaping, keys whose check digit is not known, logistic units as EPC URNs, short forms
of namespaces.
"""

from __future__ import annotations

import json
import shutil
import string
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from shanhai.field.traceability.events.rules.hashing import hash_id
from shanhai.field.traceability.events.rules.reading import read
from shanhai.registers.codes.keys.rules.checks import check_digit
from shanhai.registers.codes.keys.rules.reading import parse
from tests.compare_styles import PACKAGE as STYLES
from tests.compare_styles import faults_of_styles

COUNT, SEED = 2000, 11
# The placeholder stands for a package without content, which node has itself.
_PACKAGES = {
    "private": True,
    "dependencies": {"digital-link.js": "1.4.3", "epcis2.js": "2.7.3", STYLES[0]: STYLES[1]},
    "overrides": {"fs": "file:./placeholder"},
}
_LINKS = """
const { DigitalLink } = require("digital-link.js");
for (const line of require("fs").readFileSync(0, "utf8").trim().split("\\n")) {
  const link = DigitalLink(line);
  const parts = [link.getIdentifier(), link.getKeyQualifiers(), link.getAttributes()];
  console.log(JSON.stringify([link.isValid(), ...parts, link.toWebUriString()]));
}
"""
_HASHES = """
const { eventToHashedId } = require("epcis2.js");
for (const line of require("fs").readFileSync(0, "utf8").trim().split("\\n")) {
  const [event, context] = JSON.parse(line);
  console.log(eventToHashedId(event, context));
}
"""
_SIGNS = string.ascii_letters + string.digits
_QUALIFIERS: dict[str, tuple[str, ...]] = {
    "00": (), "01": ("22", "10", "21"), "253": (), "255": (), "414": ("254",), "8003": (), "8004": (),
    "8010": ("8011",), "8017": ("8019",), "8018": ("8019",),
}  # fmt: skip
_DIGITS = {"00": 18, "01": 14, "253": 13, "255": 13, "414": 13, "8003": 14, "8017": 18, "8018": 18}
_CHECKED = {"00", "01", "253", "255", "414", "8003", "8018"}
_NAMES = {"ex": "https://ns.example.org/"}


def _text(random: Random, most: int) -> str:
    return "".join(random.choices(_SIGNS, k=random.randint(1, most)))


def _number(random: Random, length: int) -> str:
    digits = "".join(random.choices(string.digits, k=length))
    return digits.lstrip("0") or "1"


def a_key(random: Random, key: str) -> str:
    """A value of a primary key, its check digit right."""
    if key not in _DIGITS:
        return "95060001" + _text(random, 12).upper()
    # All numbers begin with one prefix that GS1 gave out for examples.
    lead = {"00": "1", "01": "0", "8003": "00"}.get(key, "")
    digits = f"{lead}9506000".ljust(len(lead) + 7, "0")
    digits += "".join(random.choices(string.digits, k=_DIGITS[key] - 1 - len(digits)))
    return digits + check_digit(digits) + (_number(random, 6) if key == "255" else "")


def a_link(random: Random) -> str:
    """A Digital Link whose values need no escaping."""
    key = random.choice(sorted(_QUALIFIERS))
    path = f"/{key}/{a_key(random, key)}"
    for ai in _QUALIFIERS[key]:
        if random.random() < 0.6:
            path += f"/{ai}/{_number(random, 6) if ai in ('8011', '8019') else _text(random, 12)}"
    if key != "01" or random.random() < 0.4:
        return f"https://id.gs1.org{path}"
    query = {
        "17": f"27{random.randint(1, 12):02}{random.randint(1, 28):02}",
        "3103": f"{random.randint(1, 10**6 - 1):06}",
    }
    return f"https://id.gs1.org{path}?" + "&".join(f"{ai}={value}" for ai, value in query.items())


def an_event(random: Random) -> dict[str, Any]:
    """An event of any kind, its things as links and, but for logistic units, as URNs."""
    things = [_thing(random) for _ in range(random.randint(1, 4))]
    weight = {"epcClass": f"urn:epc:class:lgtin:9506000.0{_digits(random, 5)}.{_text(random, 8)}", "uom": "KGM"}
    weights = [{**weight, "quantity": random.choice([1, 2.5, 0.125, 40])}]
    box = f"https://id.gs1.org/00/{a_key(random, '00')}"
    order = {"type": "po", "bizTransaction": f"urn:epc:id:gdti:9506000.{_digits(random, 5)}.{_digits(random, 4)}"}
    kinds: dict[str, dict[str, Any]] = {
        "ObjectEvent": {"epcList": things, "quantityList": weights, "action": "OBSERVE"},
        "AggregationEvent": {"parentID": box, "childEPCs": things, "action": "ADD"},
        "AssociationEvent": {"parentID": box, "childEPCs": things, "action": "DELETE"},
        "TransformationEvent": {"inputEPCList": things, "outputQuantityList": weights},
        "TransactionEvent": {
            "epcList": things, "action": "ADD",
            "bizTransactionList": [order],
        },
    }  # fmt: skip
    kind, day = random.choice(sorted(kinds)), f"2026-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
    event = {
        "type": kind,
        "eventTime": f"{day}T10:00:{random.randint(0, 59):02}.{random.randint(0, 999):03}+08:00",
        "eventTimeZoneOffset": "+08:00",
        "bizStep": random.choice(["shipping", "receiving", "packing", "inspecting"]),
        "disposition": random.choice(["in_transit", "in_progress", "active"]),
        "readPoint": {"id": f"urn:epc:id:sgln:9506000.{_digits(random, 5)}.{random.randint(1, 99)}"},
        **kinds[kind],
    }
    if random.random() < 0.5:
        event["ex:grade"] = random.choice(["A1", "B2", "C"])
    if random.random() < 0.3:
        event["sensorElementList"] = [
            {"sensorReport": [{"type": "Temperature", "value": random.choice([-18.5, 2, 4.25]), "uom": "CEL"}]}
        ]
    return event


def _digits(random: Random, count: int) -> str:
    return "".join(random.choices(string.digits, k=count))


def _thing(random: Random) -> str:
    if random.random() < 0.5:
        return f"https://id.gs1.org/01/{a_key(random, '01')}/21/{_text(random, 10)}"
    return f"urn:epc:id:sgtin:9506000.0{_digits(random, 5)}.{_text(random, 10)}"


def _answers(folder: Path, script: str, lines: list[str]) -> list[str]:
    command = ["node", "-e", script]
    done = subprocess.run(command, input="\n".join(lines), text=True, capture_output=True, cwd=folder, check=True)
    return done.stdout.strip().split("\n")


def links_that_differ(folder: Path, random: Random, count: int) -> Iterator[str]:
    """Links that the other takes apart, judges or writes otherwise."""
    links = [a_link(random) for _ in range(count)]
    for link, answer in zip(links, _answers(folder, _LINKS, links), strict=True):
        found = parse(link)
        ours = [
            True,
            {found.key.ai: found.key.value},
            {one.ai: one.value for one in found.qualifiers},
            {one.ai: one.value for one in found.attributes},
            found.canonical,
        ]
        theirs = json.loads(answer)
        # It calls all other keys invalid, since it knows no check digit of theirs.
        if found.key.ai not in _CHECKED:
            theirs[0] = True
        if theirs != ours:
            yield f"{link}\n  ours   {ours}\n  theirs {answer}"


def events_that_differ(folder: Path, random: Random, count: int) -> Iterator[str]:
    """Events to which the other gives another id."""
    events = [an_event(random) for _ in range(count)]
    for event, answer in zip(
        events, _answers(folder, _HASHES, [json.dumps([one, _NAMES]) for one in events]), strict=True
    ):
        (known,) = read(json.dumps({"@context": [_NAMES], **event}).encode()).events
        if hash_id(known) != answer:
            yield f"{json.dumps(event)}\n  ours   {hash_id(known)}\n  theirs {answer}"


def main(count: int, seed: int) -> int:
    """Compare, print what differs, answer how many."""
    if not shutil.which("npm"):
        print("npm is not installed: nothing was compared.")  # noqa: T201
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "placeholder").mkdir()
        (folder / "placeholder" / "package.json").write_text('{"name": "fs", "version": "0.0.1"}', "utf-8")
        (folder / "package.json").write_text(json.dumps(_PACKAGES), "utf-8")
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        random, found = Random(seed), 0
        for what, differing in (("links", links_that_differ), ("events", events_that_differ)):
            differ = list(differing(folder, random, count))
            found += len(differ)
            print("\n".join([*differ[:20], f"{count} {what} of seed {seed}: {len(differ)} differ"]))  # noqa: T201
        styles, faults = faults_of_styles(folder)
        print("\n".join([*faults[:20], f"{styles} styles of the map: {len(faults)} faults"]))  # noqa: T201
    return min(found + len(faults), 1)


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:3]]
    sys.exit(main(*given, *(COUNT, SEED)[len(given) :]))
