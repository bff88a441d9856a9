# SPDX-License-Identifier: Apache-2.0
"""The nine warned topics: a catalogue of rules, what each finds on a day, and the limits that a programme sets."""
