# SPDX-License-Identifier: Apache-2.0
"""All models of the app, by what they are about."""

from shanhai.field.traceability.models.events import Capture, Event, EventThing, EventValue, Opened
from shanhai.field.traceability.models.parties import Credential, Party, Recorder

__all__ = ["Capture", "Credential", "Event", "EventThing", "EventValue", "Opened", "Party", "Recorder"]
