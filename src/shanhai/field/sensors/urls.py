# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.field.sensors.stations.views import accesses, devices, history, stations, streams, tables

app_name = "sensors"
urlpatterns = [
    path("", stations.station_list, name="list"),
    path("new", stations.station_new, name="new"),
    path("credentials", devices.give_to_all, name="credentials"),
    path("tokens/", accesses.token_list, name="tokens"),
    path("tokens/<slug:act>", accesses.token_act, name="token-act"),
    path("stations/<slug:code>/", stations.station_page, name="station"),
    path("stations/<slug:code>/edit", stations.station_edit, name="station-edit"),
    path("stations/<slug:code>/move", stations.station_move, name="station-move"),
    path("stations/<slug:code>/devices", stations.device_new, name="device-new"),
    path("devices/<str:uuid>/", devices.device_page, name="device"),
    path("devices/<str:uuid>/edit", devices.device_edit, name="device-edit"),
    path("devices/<str:uuid>/<slug:act>", devices.device_act, name="device-act"),
    path("streams/<int:key>/", streams.stream_page, name="stream"),
    path("streams/<int:key>/edit", streams.stream_edit, name="stream-edit"),
    path("streams/<int:key>/history", history.stream_history, name="stream-history"),
    path("streams/<int:key>/history.xlsx", history.history_table, name="stream-history-table"),
    path("streams/<int:key>/data.<slug:form>", tables.stream_table, name="stream-table"),
    path("streams/<int:key>/<slug:act>", streams.stream_act, name="stream-act"),
]
