# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.team.secondments.views import posts, roster, secondments

app_name = "secondments"
urlpatterns = [
    path("", roster.roster_page, name="roster"),
    path("roster.xlsx", roster.export, name="export"),
    path("batches/<str:uuid>/", roster.batch_page, name="batch"),
    path("posts/", posts.post_list, name="posts"),
    path("posts/new", posts.post_new, name="post-new"),
    path("posts/<str:uuid>/", posts.post_page, name="post"),
    path("posts/<str:uuid>/<slug:act>", posts.post_act, name="post-act"),
    path("nominations/<str:uuid>/<slug:act>", posts.nomination_act, name="nomination-act"),
    path("secondments/<str:uuid>/", secondments.secondment_page, name="secondment"),
    path("secondments/<str:uuid>/<slug:act>", secondments.secondment_act, name="secondment-act"),
    path("teaching/<str:uuid>/<slug:act>", secondments.teaching_act, name="teaching-act"),
]
