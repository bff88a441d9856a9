# SPDX-License-Identifier: Apache-2.0
"""Codes for who gives them out, at /codes/; for everybody the resolver, the reveal and what is well known.

Mounted last: a compressed link is any segment.
"""

from django.urls import path, re_path

from shanhai.registers.codes.covers.views import reveal_page
from shanhai.registers.codes.issue.views import public_key_set
from shanhai.registers.codes.resolver.values import IN_FULL
from shanhai.registers.codes.resolver.views import description, resolve
from shanhai.registers.codes.views import batches, links

app_name = "codes"
urlpatterns = [
    path("codes/", batches.batch_list, name="list"),
    path("codes/new", batches.new_batch, name="new"),
    path("codes/links/", links.link_list, name="links"),
    path("codes/links/<str:uuid>/end", links.end_link, name="end-link"),
    path("codes/signals/", links.signal_list, name="signals"),
    path("codes/signals/<str:uuid>/close", links.end_signal, name="close-signal"),
    path("codes/<str:uuid>/", batches.batch_page, name="batch"),
    re_path(r"^codes/(?P<uuid>[^/]+)/(?P<number>[0-9]{1,6})\.(?P<form>svg|png)$", batches.label, name="label"),
    path("codes/<str:uuid>/<str:act>", batches.act_on, name="act"),
    path("reveal/", reveal_page, name="reveal"),
    path(".well-known/gs1resolver", description, name="description"),
    path(".well-known/shanhai-codes.json", public_key_set, name="keys"),
    re_path(IN_FULL, resolve, name="resolve"),
    # Compressed: the pages of this product have neither capitals nor digits in their first segment.
    re_path(r"^(?=[0-9a-z-]*[0-9A-Z_])[0-9A-Za-z_-]{9,}/?$", resolve, name="compressed"),
]
