# SPDX-License-Identifier: Apache-2.0
"""Pages and APIs, served by granian."""

import gc
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shanhai.config.settings")

_django = get_wsgi_application()

_front, _in_front = settings.IN_FRONT_OF_DJANGO[0], import_string(settings.IN_FRONT_OF_DJANGO[1])


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, and before it tiles by signed addresses.

    A head of a request that Django cannot read is 400: that fails before it answers errors itself.
    """
    if environ["PATH_INFO"].startswith(_front):
        answer: Iterable[bytes] = _in_front(environ, start_response)
        return answer
    try:
        return _django(environ, start_response)
    except ValueError:
        start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
        return [
            "请求头读不懂，请检查 Content-Type。 The head of the request cannot be read: see Content-Type.".encode()
        ]


# What is there now stays: looking it over again and again cost half of a request that brings many rows.
gc.collect()
gc.freeze()
