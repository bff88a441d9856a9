# SPDX-License-Identifier: Apache-2.0
"""What the EPCIS interface is: its versions, its limits as headers, and the exceptions of the standard."""

from __future__ import annotations

from enum import StrEnum

VERSION = "v2"
# Behaviours of a capture when an event is bad; "all" announces both.
ROLLBACK, PROCEED = "rollback", "proceed"
TOP_LEVEL = (
    "events", "eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions", "capture", "queries",
)  # fmt: skip
OF_ANSWERS = {"GS1-EPCIS-Version": "2.0.0", "GS1-CBV-Version": "2.0.0"}
DISCOVERED = {
    **OF_ANSWERS,
    "GS1-EPCIS-Min": "1.2.0",
    "GS1-EPCIS-Max": "2.0.0",
    "GS1-CBV-Min": "1.2.0",
    "GS1-CBV-Max": "2.0.0",
    "GS1-EPC-Format": "No_Preference",
}


class Exceptional(StrEnum):
    """The types of problems of EPCIS 2.0 (section 12.4)."""

    CAPTURE_LIMIT = "CaptureLimitExceededException"
    IMPLEMENTATION = "ImplementationException"
    NO_SUCH_NAME = "NoSuchNameException"
    NO_SUCH_RESOURCE = "NoSuchResourceException"
    NOT_ACCEPTABLE = "NotAcceptableException"
    PARAMETER = "QueryParameterException"
    TOO_COMPLEX = "QueryTooComplexException"
    TOO_LARGE = "QueryTooLargeException"
    QUERY_VALIDATION = "QueryValidationException"
    EXISTS = "ResourceAlreadyExistsException"
    SECURITY = "SecurityException"
    SUBSCRIPTION = "SubscriptionControlsException"
    URI_TOO_LONG = "URITooLongException"
    MEDIA_TYPE = "UnsupportedMediaTypeException"
    VALIDATION = "ValidationException"
