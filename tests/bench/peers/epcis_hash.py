# SPDX-License-Identifier: Apache-2.0
"""epcis-event-hash-generator: ``python -m tests.bench.peers.epcis_hash FILE IDS`` writes the ids into the file IDS."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path

from tests.bench.peers import ABSENT
from tests.bench.report import cost


def main(path: Path, ids: Path) -> int:
    """Hash all events of the document, from its text on; print what that cost."""
    try:
        from epcis_event_hash_generator import hash_generator, json_to_py
    except ImportError:
        return ABSENT
    # It writes a line for every field, were it listened to.
    logging.disable(logging.CRITICAL)
    found: list[str] = []

    def hash_all() -> None:
        events = json_to_py.event_list_from_epcis_document_str(path.read_text("utf-8"))
        found[:] = hash_generator.epcis_hashes_from_events(events)

    took = cost(hash_all)
    ids.write_text("\n".join(found), "utf-8")
    print(json.dumps(asdict(took)))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
