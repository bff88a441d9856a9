# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "shanhai.registers.places"
    label = "places"
