"""Devices and bare callers that come through a proxy, which says who they are (PROXY protocol, version 2)."""

import socket
import struct

from .device import Device
from .duetd import Duetd
from .peer import Caller
from .stage import Stage

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"


def header(address: str, port: int = 50000) -> bytes:
    """What a proxy says first of somebody at this address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    own = "::1" if family == socket.AF_INET6 else "127.0.0.1"
    both = socket.inet_pton(family, address) + socket.inet_pton(family, own)
    kind = b"\x21" if family == socket.AF_INET6 else b"\x11"
    rest = both + struct.pack("!HH", port, 8000)
    return SIGNATURE + b"\x21" + kind + struct.pack("!H", len(rest)) + rest


class FarDevice(Device):
    """A device that is somewhere else."""

    def __init__(self, stage: Stage, server: Duetd, name: str, address: str) -> None:
        super().__init__(stage, server, name)
        self.address = address

    def call(self) -> None:
        super().call()
        self.wire.send(header(self.address))


def stranger(stage: Stage, server: Duetd, name: str, address: str) -> Caller:
    """Somebody who has called, and says nothing yet."""
    caller = stage.connect(name, server.address)
    caller.send(header(address))
    return caller
