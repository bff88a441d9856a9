# SPDX-License-Identifier: Apache-2.0
"""The news that projects publish through the outbox."""

# {"programme": code, "year": n, "lines": n}: money that arrived for a year's plan was shared over its lines.
ARRIVAL_POOLED = "projects.arrival.pooled"
# {"programme": code, "project": uuid}: one is new, or its facts, stage, papers, contracts or money changed.
PROJECT_CHANGED = "projects.project.changed"
