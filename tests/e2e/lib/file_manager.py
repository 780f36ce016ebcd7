#!/usr/bin/python3
"""A file manager without a window: prints what it is asked to show."""

from gi.repository import Gio, GLib

INTERFACE = """
<node><interface name="org.freedesktop.FileManager1">
  <method name="ShowItems"><arg type="as" direction="in"/><arg type="s" direction="in"/></method>
</interface></node>"""


def call(bus, sender, path, interface, method, arguments, invocation):
    print("\n".join(arguments.unpack()[0]), flush=True)
    invocation.return_value(None)


def acquired(bus, name):
    bus.register_object(
        "/org/freedesktop/FileManager1", Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0], call, None, None
    )


Gio.bus_own_name(
    Gio.BusType.SESSION,
    "org.freedesktop.FileManager1",
    Gio.BusNameOwnerFlags.NONE,
    acquired,
    lambda bus, name: print("ready", flush=True),
    None,
)
GLib.MainLoop().run()
