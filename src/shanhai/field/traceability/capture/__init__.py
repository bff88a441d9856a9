# SPDX-License-Identifier: Apache-2.0
"""The way in for events of other systems: documents, jobs, limits, the interface of EPCIS 2.0 that writes."""
