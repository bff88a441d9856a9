# SPDX-License-Identifier: Apache-2.0
"""The map: what is made at once, and how much is answered at a time (docs/operate/settings.md)."""

from shanhai.config.env import env

# A layer of so many features is made when it is asked for; a larger one by the worker.
MAP_SMALL_FEATURES = env.int("SHANHAI_MAP_SMALL_FEATURES")
# Features on a page of /ogc.
MAP_PAGE_MOST = env.int("SHANHAI_MAP_PAGE_MOST")
