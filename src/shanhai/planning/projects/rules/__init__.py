"""Pure decisions about projects: no database, no clock."""
