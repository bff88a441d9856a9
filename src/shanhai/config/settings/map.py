# SPDX-License-Identifier: Apache-2.0
"""The map: what is made at once, and how much is answered at a time (docs/operate/settings.md)."""

from django.core.exceptions import ImproperlyConfigured

from shanhai.config.basemaps import base_from
from shanhai.config.env import env

# A layer of so many features is made when it is asked for; a larger one by the worker.
MAP_SMALL_FEATURES = env.int("SHANHAI_MAP_SMALL_FEATURES")
# A map of others beneath: the templates of its tiles, or the file they lie in; whose it is, and its review number.
MAP_BASE_TILES, MAP_BASE_ARCHIVE = base_from(env("SHANHAI_MAP_BASE_TILES"), env("SHANHAI_MAP_BASE_KEY"))
MAP_BASE_ATTRIBUTION = env("SHANHAI_MAP_BASE_ATTRIBUTION")
MAP_REVIEW_NUMBER = env("SHANHAI_MAP_REVIEW_NUMBER")
if MAP_BASE_TILES and not MAP_REVIEW_NUMBER:
    raise ImproperlyConfigured("SHANHAI_MAP_BASE_TILES is shown with its review number: set SHANHAI_MAP_REVIEW_NUMBER")
# Features on a page of /ogc.
MAP_PAGE_MOST = env.int("SHANHAI_MAP_PAGE_MOST")
# The time for cutting the vector tiles of a small layer while somebody waits, and of any layer in the worker.
MAP_TILES_AT_ONCE_S = env.int("SHANHAI_MAP_TILES_AT_ONCE_S")
MAP_TILES_LIMIT_S = env.int("SHANHAI_MAP_TILES_LIMIT_S")
# How long at most a signed address of tiles is good.
MAP_TILES_SIGNED_MINUTES = env.int("SHANHAI_MAP_TILES_SIGNED_MINUTES")
# A screen in a hall asks again after so long.
MAP_SCREEN_SECONDS = env.int("SHANHAI_MAP_SCREEN_SECONDS")
# A shape that is given: its corners, its features, the seconds in which it is read.
MAP_SHAPE_CORNERS = env.int("SHANHAI_MAP_SHAPE_CORNERS")
MAP_SHAPE_FEATURES = env.int("SHANHAI_MAP_SHAPE_FEATURES")
MAP_SHAPE_SECONDS = env.int("SHANHAI_MAP_SHAPE_SECONDS")
# Features of a county that the map of a phone takes along.
MAP_FIELD_MOST = env.int("SHANHAI_MAP_FIELD_MOST")
# Of a layer so many features are drawn on a sheet; of so many in all each has its number and stands in the list.
MAP_SHEET_MOST = env.int("SHANHAI_MAP_SHEET_MOST")
MAP_SHEET_LISTED = env.int("SHANHAI_MAP_SHEET_LISTED")
