# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.projects.core import views as recording
from shanhai.planning.projects.dossier.views import dossier, pages
from shanhai.planning.projects.lists.views import charts, counties, lists

app_name = "projects"
urlpatterns = [
    path("", lists.project_list, name="list"),
    path("export.xlsx", lists.export, name="export"),
    path("chosen.xlsx", lists.export_chosen, name="export-chosen"),
    path("together", lists.together, name="together"),
    path("new/", recording.new_project, name="new"),
    path("counties/", counties.counties, name="counties"),
    path("counties.xlsx", counties.workbook, name="counties-export"),
    path("board/", charts.board, name="board"),
    path("board/<str:uuid>/", charts.move, name="board-move"),
    path("timeline/", charts.timeline, name="timeline"),
    path("<str:uuid>/", pages.project_page, name="detail"),
    path("<str:uuid>/move", pages.move, name="move"),
    path("<str:uuid>/dossier/", dossier.dossier, name="dossier"),
    path("<str:uuid>/papers", dossier.file_paper, name="paper"),
    path("<str:uuid>/papers/<str:paper>/sign", dossier.sign, name="sign"),
    path("<str:uuid>/contracts", dossier.add_contract, name="contract"),
    path("<str:uuid>/progress", dossier.note_progress, name="progress"),
    path("<str:uuid>/accounts", dossier.approve, name="accounts"),
    path("<str:uuid>/extension", dossier.extend, name="extension"),
    path("<str:uuid>/surplus", dossier.give_back, name="surplus"),
    path("<str:uuid>/assets", dossier.transfer, name="asset"),
    path("<str:uuid>/waivers", dossier.waive, name="waive"),
    path("<str:uuid>/vouchers", pages.record_voucher, name="voucher"),
]
