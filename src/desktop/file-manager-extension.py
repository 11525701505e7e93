# Made by RustFS Sync: "rustfs-sync integrate install" writes this file anew, "rustfs-sync integrate remove" takes it away.
"""Links to synced files, and how they stand, in Nautilus, Nemo and Caja.

All of it runs on the one thread that draws the file manager. So nothing here waits: the engine is asked over its local
socket, whatever arrives is read when it is there, and what does not work is left alone without a word.
"""

import functools
import importlib
import json
import os
import socket
import subprocess
import sys
import time
from collections import OrderedDict

from gi.repository import GLib, GObject

SETTINGS = {"api": "Nautilus", "command": [], "state": "", "titles": {"en": "", "zh-CN": ""}}

Api = importlib.import_module("gi.repository." + SETTINGS["api"])

EMBLEMS = {
    "in-sync": "emblem-default",
    "waiting": "emblem-synchronizing",
    "uploading": "emblem-synchronizing",
    "downloading": "emblem-synchronizing",
    "conflict": "emblem-important",
    "failed": "emblem-important",
    "skipped": "emblem-unreadable",
}
# The engine takes so many paths in one question, and so long a question.
MOST_PATHS = 200
MOST_QUESTION_BYTES = 64 * 1024
# Files whose state is remembered, the last that were shown.
MOST_FILES = 2000
MOST_ANSWER_BYTES = 4 * 1024 * 1024
GATHER_MS = 50
# After a change the states are asked for again, at most so often.
CHANGES_S = 2
RETRY_S = 30


class Engine:
    """The running engine, as far as it can be reached."""

    def __init__(self, shown, on_state):
        # Whose states are wanted, and who takes them.
        self._shown = shown
        self._on_state = on_state
        self._socket = None
        # What GLib calls when something arrives; there as long as the socket is.
        self._source = 0
        self._buffer = b""
        self._last_id = 0
        self._asked = {}
        self._wanted = OrderedDict()
        self._flushing = False
        self._retry_at = 0.0
        self._retrying = False
        # The roots of the synced folders; unknown until an engine has told.
        self.roots = None

    def want(self, paths):
        """Asks for the states of paths, soon and together."""
        for path in paths:
            self._wanted[path] = True
        while len(self._wanted) > MOST_FILES:
            self._wanted.popitem(last=False)
        if self._wanted and not self._flushing:
            self._flushing = True
            GLib.timeout_add(GATHER_MS, self._flush)

    def _flush(self):
        self._flushing = False
        if self._socket is None and not self._connect():
            return False
        if self._wanted and not any(name == "path.states" for name, _ in self._asked.values()):
            paths, size = [], 0
            while self._wanted and len(paths) < MOST_PATHS and size < MOST_QUESTION_BYTES:
                path, _ = self._wanted.popitem(last=False)
                paths.append(path)
                size += len(path.encode("utf-8"))
            self._ask("call", "path.states", {"paths": paths})
        return False

    def _connect(self):
        now = time.monotonic()
        if now < self._retry_at:
            self._retry_later()
            return False
        self._retry_at = now + RETRY_S
        connection = None
        try:
            with open(os.path.join(SETTINGS["state"], "engine.address"), encoding="utf-8") as file:
                address = file.read(4096).strip()
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.setblocking(False)
            connection.connect(address)
        except (OSError, ValueError):
            # No engine, or one that has its hands full.
            if connection is not None:
                connection.close()
            self._retry_later()
            return False
        self._socket = connection
        self._buffer = b""
        self._asked = {}
        self._source = GLib.io_add_watch(
            connection.fileno(), GLib.PRIORITY_LOW, GLib.IO_IN | GLib.IO_HUP | GLib.IO_ERR, self._on_ready
        )
        self._ask("stream", "status.watch", {})
        return True

    def _retry_later(self):
        # Emblems come by themselves once an engine runs.
        if not self._retrying:
            self._retrying = True
            GLib.timeout_add_seconds(RETRY_S, self._retry)

    def _retry(self):
        self._retrying = False
        if self._socket is None:
            self.want(self._shown())
        return False

    def _ask(self, kind, name, value):
        self._last_id += 1
        self._asked[self._last_id] = (name, value)
        self._send({"type": kind, "id": self._last_id, "name": name, "input": value})

    def _send(self, message):
        if self._socket is None:
            return
        data = json.dumps(message, ensure_ascii=False).encode("utf-8") + b"\n"
        try:
            if self._socket.send(data) == len(data):
                return
        except OSError:
            pass
        # An engine that does not read is as good as none.
        self._lose()

    def _lose(self):
        if self._socket is None:
            return
        # GLib would wake at once again and again over a closed socket.
        GLib.source_remove(self._source)
        self._socket.close()
        self._socket = None
        self._retry_later()
        for path in self._shown():
            self._on_state(path, "unknown")

    def _on_ready(self, _fd, _condition):
        connection = self._socket
        try:
            data = connection.recv(256 * 1024)
        except BlockingIOError:
            return True
        except OSError:
            data = b""
        if not data or len(self._buffer) + len(data) > MOST_ANSWER_BYTES:
            self._lose()
            return False
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            try:
                self._take(json.loads(line))
            except (ValueError, TypeError, KeyError, AttributeError):
                # Another version of the engine, which speaks otherwise.
                self._lose()
        return self._socket is connection

    def _take(self, message):
        kind = message["type"]
        if kind == "fault":
            self._lose()
        if kind == "hello" or kind == "fault":
            return
        name, value = self._asked.get(message["id"], (None, None))
        if kind == "item":
            self.roots = [status["folder"]["localRoot"] for status in message["value"]["folders"]]
            # The engine tells of the next change once this one is acknowledged.
            GLib.timeout_add_seconds(CHANGES_S, self._more, message["id"], self._socket)
            self.want(self._shown())
            return
        self._asked.pop(message["id"], None)
        self._send({"type": "taken", "id": message["id"]})
        if kind == "result" and name == "path.states":
            for path, state in zip(value["paths"], message["value"]):
                self._on_state(path, state)
        if self._wanted:
            self.want([])

    def _more(self, stream, connection):
        if connection is self._socket:
            self._send({"type": "more", "id": stream, "count": 1})
        return False


class RustFSSync(GObject.GObject, Api.MenuProvider, Api.InfoProvider):
    """What the file manager asks: an item for its menu, and emblems."""

    def __init__(self):
        super().__init__()
        # What was shown last, by path: the file and its state.
        self._files = OrderedDict()
        self._engine = Engine(lambda: list(self._files), self._on_state)

    def update_file_info(self, file):
        """Called for each file that is shown: an answer that is known, or a question for later."""
        path = path_of(file)
        if path is None:
            return
        if file.is_directory():
            # A directory stands for all that is in it.
            path += "/"
        if self._engine.roots is not None and not is_below(path, self._engine.roots):
            return
        _, state = self._files.pop(path, (None, None))
        self._files[path] = (file, state)
        while len(self._files) > MOST_FILES:
            self._files.popitem(last=False)
        if state is None:
            self._engine.want([path])
        elif state in EMBLEMS:
            file.add_emblem(EMBLEMS[state])

    def get_file_items(self, *args):
        """Called before a menu is shown. Older versions give the window before the files."""
        paths = [path_of(file) for file in args[-1]]
        roots = self._engine.roots
        if not paths or None in paths or (roots is not None and not all(is_below(path, roots) for path in paths)):
            return []
        item = Api.MenuItem(name="RustFSSync::CopyLink", label=title(), tip="", icon="emblem-shared")
        item.connect("activate", copy_link, paths)
        return [item]

    def get_background_items(self, *_args):
        """The empty space of a folder has no link."""
        return []

    def _on_state(self, path, state):
        file, before = self._files.get(path, (None, None))
        if file is None or state == before:
            return
        self._files[path] = (file, state)
        if EMBLEMS.get(before) != EMBLEMS.get(state):
            # The file manager asks again, and is told at once.
            file.invalidate_extension_info()


def path_of(file):
    """The path of a file on this computer, or None for anything else. As text: names that are none are not synced."""
    location = file.get_location()
    path = location.get_path() if location is not None and file.get_uri_scheme() == "file" else None
    try:
        if path is not None:
            path.encode("utf-8")
    except UnicodeError:
        return None
    return path


def is_below(path, roots):
    """Whether a path lies in one of these directories, or is one. Links on the way to it are followed."""
    directory, name = os.path.split(path.rstrip("/"))
    real = os.path.join(real_directory(directory), name, "")
    return any(real.startswith(os.path.join(root, "")) for root in roots)


@functools.lru_cache(maxsize=256)
def real_directory(directory):
    """Once for all files of a directory."""
    return os.path.realpath(directory)


def title():
    """What the menu calls it, in the person's language."""
    chosen = [os.environ.get(name) for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    language = next((value for value in chosen if value), "")
    return SETTINGS["titles"]["zh-CN" if language.startswith("zh") else "en"]


def copy_link(_item, paths):
    """Leaves everything to the program, and does not wait for it."""
    try:
        subprocess.Popen(
            SETTINGS["command"] + paths,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        print("RustFS Sync could not be started:", error, file=sys.stderr)
