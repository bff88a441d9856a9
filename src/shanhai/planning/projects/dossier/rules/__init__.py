# SPDX-License-Identifier: Apache-2.0
"""Gates, stages and terms as plain Python."""
