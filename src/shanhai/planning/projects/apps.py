# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "shanhai.planning.projects"
    label = "projects"
