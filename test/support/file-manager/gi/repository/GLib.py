"""A main loop on one thread, in the words of GLib."""

import select
import time

PRIORITY_LOW = 300
IO_IN, IO_HUP, IO_ERR = 1, 16, 8

_timers = []
_watches = []
_last_source = 0


def timeout_add(delay_ms, callback, *args):
    _timers.append([time.monotonic() + delay_ms / 1000, delay_ms / 1000, callback, args])


def timeout_add_seconds(delay_s, callback, *args):
    timeout_add(delay_s * 1000, callback, *args)


def io_add_watch(fd, _priority, condition, callback, *args):
    global _last_source
    _last_source += 1
    _watches.append((fd, condition, callback, args, _last_source))
    return _last_source


def source_remove(source):
    _watches[:] = [watch for watch in _watches if watch[4] != source]


def run(is_over):
    while not is_over():
        now = time.monotonic()
        for timer in [each for each in _timers if each[0] <= now]:
            _timers.remove(timer)
            if timer[2](*timer[3]):
                _timers.append([now + timer[1], *timer[1:]])
        wait = min([0.05] + [max(0.0, each[0] - time.monotonic()) for each in _timers])
        # A closed socket that is still watched ends this; the real loop would spin.
        ready, _, _ = select.select([watch[0] for watch in _watches], [], [], wait)
        for watch in [each for each in _watches if each[0] in ready]:
            if watch in _watches and not watch[2](watch[0], IO_IN, *watch[3]):
                source_remove(watch[4])
