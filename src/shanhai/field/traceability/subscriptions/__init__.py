# SPDX-License-Identifier: Apache-2.0
"""Standing queries, delivered to webhooks by schedule or as events come."""
