"""Nemo is Nautilus by another name."""

from gi.repository.Nautilus import InfoProvider, MenuItem, MenuProvider  # noqa: F401
