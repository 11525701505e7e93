"""Loads an extension as a file manager does, and does what the lines of standard input say; prints a line for each answer.

show PATH      shows a file, and from then on prints its emblem whenever it changes
menu PATHS     opens the menu on files, and prints the items
choose PATHS   opens it, and chooses the first item
"""

import importlib.util
import json
import os
import sys

from gi.repository import GLib


class Location:
    def __init__(self, path):
        self._path = path

    def get_path(self):
        return self._path


class File:
    def __init__(self, path):
        self.path = path
        self.emblem = None

    def get_location(self):
        return Location(self.path)

    def get_uri_scheme(self):
        return "file" if self.path else "trash"

    def is_directory(self):
        return os.path.isdir(self.path)

    def add_emblem(self, name):
        self.emblem = name

    def invalidate_extension_info(self):
        # Later, as a file manager does: not while the extension is still at work.
        GLib.timeout_add(0, look, self)


def look(file):
    before, file.emblem = file.emblem, None
    extension.update_file_info(file)
    if file.emblem != before:
        say({"emblem": file.emblem, "path": file.path})
    return False


def say(value):
    print(json.dumps(value), flush=True)


def take(_fd, _condition):
    global buffer, is_over
    data = os.read(0, 65536)
    is_over = data == b""
    *lines, buffer = (buffer + data).split(b"\n")
    for line in lines:
        act(**json.loads(line))
    return not is_over


def act(do, paths):
    if do == "show":
        shown.extend(File(path) for path in paths)
        for file in shown[-len(paths) :]:
            look(file)
        return
    # Older versions of the API give the window first.
    items = extension.get_file_items("window", [File(path) for path in paths])
    if do == "choose":
        items[0].emit("activate")
    say({"menu": [item.properties["label"] for item in items]})


spec = importlib.util.spec_from_file_location("extension", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
module.CHANGES_S = module.RETRY_S = 0.05
extension = module.RustFSSync()
shown, buffer, is_over = [], b"", False
GLib.io_add_watch(0, GLib.PRIORITY_LOW, GLib.IO_IN, take)
GLib.run(lambda: is_over)
