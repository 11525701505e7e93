"""Stands in for PyGObject, as far as the extension for file managers uses it."""
