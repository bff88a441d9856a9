# SPDX-License-Identifier: Apache-2.0
"""Big screens in halls: the figures and the map of one programme, without an account."""
