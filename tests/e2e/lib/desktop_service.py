#!/usr/bin/python3
"""One service of a desktop, without a window: prints what it is asked for.

desktop_service.py file-manager | screen-saver
"""

import sys

from gi.repository import Gio, GLib

SERVICES = {
    "file-manager": (
        "org.freedesktop.FileManager1",
        "/org/freedesktop/FileManager1",
        '<method name="ShowItems"><arg type="as" direction="in"/><arg type="s" direction="in"/></method>',
        lambda items, _: ("\n".join(items), None),
    ),
    "screen-saver": (
        "org.freedesktop.ScreenSaver",
        "/org/freedesktop/ScreenSaver",
        '<method name="Inhibit"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="u" direction="out"/></method>',
        lambda who, why: (f"{who}: {why}", GLib.Variant("(u)", (1,))),
    ),
}
NAME, PATH, METHOD, ACT = SERVICES[sys.argv[1]]
INTERFACE = f'<node><interface name="{NAME}">{METHOD}</interface></node>'


def left(bus, sender, path, interface, signal, arguments):
    name, before, after = arguments.unpack()
    if name == before and not after:
        print(f"gone: {name}", flush=True)


def call(bus, sender, path, interface, method, arguments, invocation):
    said, reply = ACT(*arguments.unpack())
    print(said, flush=True)
    if sys.argv[1] == "screen-saver":
        # It is let go by leaving the bus.
        bus.signal_subscribe(
            "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", None, sender, Gio.DBusSignalFlags.NONE, left
        )
    invocation.return_value(reply)


def acquired(bus, name):
    bus.register_object(PATH, Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0], call, None, None)


Gio.bus_own_name(
    Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, acquired, lambda bus, name: print("ready", flush=True), None
)
GLib.MainLoop().run()
