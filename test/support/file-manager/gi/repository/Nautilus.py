"""What Nautilus gives to extensions."""

from gi.repository import GObject


class MenuProvider:
    pass


class InfoProvider:
    pass


class MenuItem(GObject.GObject):
    def __init__(self, *, name, label, tip, icon):
        super().__init__(name=name, label=label, tip=tip, icon=icon)
