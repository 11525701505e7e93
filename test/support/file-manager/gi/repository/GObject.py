"""The root of all classes."""


class GObject:
    def __init__(self, **properties):
        self.properties = properties
        self.handlers = {}

    def connect(self, signal, handler, *args):
        self.handlers[signal] = (handler, args)

    def emit(self, signal):
        handler, args = self.handlers[signal]
        handler(self, *args)
