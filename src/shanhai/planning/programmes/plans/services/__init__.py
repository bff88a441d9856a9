# SPDX-License-Identifier: Apache-2.0
"""Writing yearly plans and targets."""
