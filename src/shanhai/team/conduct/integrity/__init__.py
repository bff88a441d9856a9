# SPDX-License-Identifier: Apache-2.0
"""Letters of responsibility, declarations under seal, teaching before exchange trips, files of incidents."""
