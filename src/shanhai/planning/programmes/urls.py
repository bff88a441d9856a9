# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.programmes import views as programmes
from shanhai.planning.programmes.campaigns import views as campaigns
from shanhai.planning.programmes.core import views as making
from shanhai.planning.programmes.plans import views as plans

app_name = "programmes"
urlpatterns = [
    path("", programmes.programme_list, name="list"),
    path("new/", making.new_programme, name="new"),
    path("tasks/<str:uuid>/", campaigns.task_page, name="task"),
    path("tasks/<str:uuid>/report", campaigns.task_page, {"act": "report_form"}, name="task-report"),
    path("tasks/<str:uuid>/correct", campaigns.task_page, {"act": "task_form"}, name="task-correct"),
    path("tasks/<str:uuid>/papers", campaigns.task_page, {"act": "paper_form"}, name="task-prove"),
    path("tasks/<str:uuid>/move", campaigns.move_task, name="task-move"),
    path("campaigns/<str:uuid>/", campaigns.campaign_board, name="campaign"),
    path("campaigns/<str:uuid>/tasks/", campaigns.campaign_table, {"here": "tasks"}, name="campaign-tasks"),
    path("campaigns/<str:uuid>/timeline/", campaigns.campaign_table, {"here": "timeline"}, name="campaign-timeline"),
    path("campaigns/<str:uuid>/edit/", campaigns.edit_campaign, name="campaign-edit"),
    path("campaigns/<str:uuid>/edit/actions", campaigns.edit_campaign, {"act": "action_form"}, name="action-add"),
    path("campaigns/<str:uuid>/edit/tasks", campaigns.edit_campaign, {"act": "task_form"}, name="task-add"),
    path("campaigns/<str:uuid>/edit/carry-over", campaigns.edit_campaign, {"act": "carry_form"}, name="carry-over"),
    path("<str:code>/", programmes.programme_page, name="detail"),
    path("<str:code>/setup/", plans.set_up, name="setup"),
    path("<str:code>/setup/<slug:act>", plans.set_up, name="setup-act"),
    path("<str:code>/edit/", making.edit_programme, name="edit"),
    path("<str:code>/edit/batches", making.edit_programme, {"act": "batch"}, name="batch-add"),
    path("<str:code>/edit/sources", making.edit_programme, {"act": "source"}, name="source-add"),
    path("<str:code>/edit/batches/<str:uuid>/", making.correct_batch, name="batch-correct"),
    path("<str:code>/edit/sources/<str:source>/", making.correct_source, name="source-correct"),
    path("<str:code>/campaigns/new/", campaigns.new_campaign, name="campaign-new"),
    path("<str:code>/groups/", campaigns.group_list, name="groups"),
    path("<str:code>/groups/<str:uuid>/", campaigns.group_page, name="group"),
    path("<str:code>/groups/<str:uuid>/name", campaigns.group_page, {"act": "form"}, name="group-rename"),
    path("<str:code>/groups/<str:uuid>/members", campaigns.group_page, {"act": "members"}, name="group-members"),
    path("<str:code>/groups/<str:uuid>/retire", campaigns.group_page, {"act": "retire"}, name="group-retire"),
    path("<str:code>/plans/new/", plans.new_plan, name="plan-new"),
    path("<str:code>/plans/<int:year>/", plans.plan_page, name="plan"),
    path("<str:code>/plans/<int:year>/amounts", plans.plan_page, {"act": "amounts"}, name="plan-amounts"),
    path("<str:code>/plans/<int:year>/issue", plans.plan_page, {"act": "issue"}, name="plan-issue"),
    path("<str:code>/plans/<int:year>/close", plans.plan_page, {"act": "close"}, name="plan-close"),
    path("<str:code>/plans/<int:year>/release", plans.plan_page, {"act": "release"}, name="plan-release"),
    path("<str:code>/targets/", plans.target_list, name="targets"),
    path("<str:code>/targets/<str:uuid>/", plans.correct_target, name="target-correct"),
    path("<str:code>/targets/<str:uuid>/report", plans.target_list, name="target-report"),
]
