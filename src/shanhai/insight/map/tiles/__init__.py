# SPDX-License-Identifier: Apache-2.0
"""Editions as vector tiles: by OGC API Tiles for programs, by signed addresses for the pages of the map."""
