# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.projects.core import views as recording
from shanhai.planning.projects.dossier.views import dossiers, projects
from shanhai.planning.projects.lists.views import lists, overviews

app_name = "projects"
urlpatterns = [
    path("", lists.project_list, name="list"),
    path("export.xlsx", lists.export, name="export"),
    path("chosen.xlsx", lists.export_chosen, name="export-chosen"),
    path("together", lists.together, name="together"),
    path("new/", recording.new_project, name="new"),
    path("counties/", overviews.counties, name="counties"),
    path("counties.xlsx", overviews.workbook, name="counties-export"),
    path("board/", overviews.board, name="board"),
    path("board/<str:uuid>/", overviews.move, name="board-move"),
    path("timeline/", overviews.timeline, name="timeline"),
    path("<str:uuid>/", projects.project_page, name="detail"),
    path("<str:uuid>/correct/", recording.correct_project, name="correct"),
    path("<str:uuid>/move", projects.move, name="move"),
    path("<str:uuid>/dossier/", dossiers.dossier, name="dossier"),
    path("<str:uuid>/papers", dossiers.filing("paper"), name="paper"),
    path("<str:uuid>/papers/<str:paper>/sign", dossiers.sign, name="sign"),
    path("<str:uuid>/contracts", dossiers.filing("contract"), name="contract"),
    path("<str:uuid>/contracts/<str:contract>/", dossiers.correct_contract, name="contract-correct"),
    path("<str:uuid>/progress", dossiers.filing("progress"), name="progress"),
    path("<str:uuid>/accounts", dossiers.filing("accounts"), name="accounts"),
    path("<str:uuid>/extension", dossiers.filing("extension"), name="extension"),
    path("<str:uuid>/surplus", dossiers.filing("surplus"), name="surplus"),
    path("<str:uuid>/assets", dossiers.filing("asset"), name="asset"),
    path("<str:uuid>/corrections", dossiers.filing("correction"), name="correction"),
    path("<str:uuid>/waivers", dossiers.waive, name="waive"),
    path("<str:uuid>/vouchers", projects.record_voucher, name="voucher"),
]
