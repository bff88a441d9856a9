# SPDX-License-Identifier: Apache-2.0
"""All addresses of the product."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from shanhai.portal import api
from shanhai.portal.views import audit, imported, importing, inbox, shared

urlpatterns = [
    path("", shared.today, name="home"),
    path("", include("shanhai.base.accounts.urls")),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("programmes/", include("shanhai.planning.programmes.urls")),
    path("rounds/", include("shanhai.planning.rounds.urls")),
    path("projects/", include("shanhai.planning.imports.urls")),
    path("projects/", include("shanhai.planning.projects.urls")),
    # The empty tables of projects and of returns also stand where earlier releases gave them out.
    path("projects/import-template.xlsx", importing.template, {"kind": "projects"}),
    path("returns/template.xlsx", importing.template, {"kind": "returns"}),
    path("returns/", include("shanhai.planning.returns.urls")),
    path("seasons/", include("shanhai.planning.seasons.urls")),
    path("adjustments/", include("shanhai.planning.adjustments.urls")),
    path("warnings/", include("shanhai.planning.warnings.urls")),
    path("handovers/", include("shanhai.planning.handovers.urls")),
    path("team/", include("shanhai.team.secondments.urls")),
    path("leave/", include("shanhai.team.conduct.urls")),
    path("evaluations/", include("shanhai.insight.evaluations.urls")),
    path("evidence/", include("shanhai.insight.evidence.urls")),
    path("bulletins/", include("shanhai.insight.reports.urls")),
    path("iati/", include("shanhai.insight.iati.urls")),
    path("sensors/", include("shanhai.field.sensors.urls")),
    path("trace/", include("shanhai.field.traceability.chains.urls")),
    path("hazards/", include("shanhai.operations.hazards.urls")),
    path("jobs/", include("shanhai.base.jobs.urls")),
    path("views/", include("shanhai.base.saved_views.urls")),
    path("people/", include("shanhai.registers.people.urls")),
    path("organisations/", include("shanhai.registers.organisations.urls")),
    path("places/", include("shanhai.registers.places.urls")),
    path("documents/", include("shanhai.registers.documents.urls")),
    path("funds/", shared.funds, name="funds"),
    path("funds/", include("shanhai.planning.projects.lists.urls")),
    path("funds/", include("shanhai.planning.projects.shares.urls")),
    path("proof/", shared.proof, name="proof"),
    path("proof.xlsx", shared.proof_table, name="proof-table"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/today", inbox.on_today, name="inbox-today"),
    path("inbox/count", inbox.count, name="inbox-count"),
    path("search/", shared.search, name="search"),
    path("audit/", audit.trail, name="audit-trail"),
    path("audit/export.xlsx", audit.export, name="audit-export"),
    path("import/", importing.start, name="import"),
    path("import/done/", imported.import_list, name="imports-done"),
    path("import/done/<str:uuid>/", imported.import_done, name="import-done"),
    path("import/answer", importing.answer, name="import-answer"),
    path("import/confirm", importing.confirm, name="import-confirm"),
    path("import/checked/<str:job>/", importing.checked, name="import-checked"),
    path("import/templates/<slug:kind>.xlsx", importing.template, name="import-template"),
    path("import/errors.xlsx", importing.errors, name="import-errors"),
    path("import/demo-table.xlsx", importing.demo_table, name="demo-table"),
    path("sta/", include("shanhai.field.sensors.sta.urls")),
    path("trace/", include("shanhai.field.traceability.recalls.urls")),
    path("trace/", include("shanhai.field.traceability.public.urls")),
    path("trace/parties/", include("shanhai.field.traceability.capture.urls")),
    path("epcis/", include("shanhai.field.traceability.urls_epcis")),
    path("", include("shanhai.operations.hazards.cap.urls")),
    path("map/", include("shanhai.insight.map.urls")),
    path("ogc/", include("shanhai.insight.map.ogc.urls")),
    path("ogc/", include("shanhai.insight.map.tiles.urls")),
    path("api/", api.urls()),
    # Last: a compressed code is any segment.
    path("", include("shanhai.registers.codes.urls")),
]
