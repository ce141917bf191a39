"""Bytes that come from an actor and go to it, moved without ever blocking.

A Source keeps all that it has read, so that a failure can show it, and remembers how far it has
been looked at. A Sink keeps what has not left yet.
"""

import os
import socket
from collections.abc import Callable


class Source:
    """One direction out of an actor: a pipe's end, a terminal's master, or a socket."""

    READ_BYTES = 256 * 1024

    def __init__(self, descriptor: int, name: str) -> None:
        os.set_blocking(descriptor, False)
        self.descriptor = descriptor
        self.name = name
        self.data = bytearray()
        self.seen = 0
        self.ended = False
        self.was_reset = False
        self.paused = False

    def read(self) -> bytes:
        """Reads once; gives what came, and notes the end when there is one."""
        try:
            piece = os.read(self.descriptor, self.READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            # A terminal's master says EIO when nobody holds the other side any more.
            self.was_reset = isinstance(error, ConnectionError)
            piece = b""
        self.data += piece
        self.ended = not piece
        return piece

    def close(self) -> None:
        """Lets go of the descriptor; nothing more will come."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
        self.descriptor = -1
        self.ended = True

    def take(self, wanted: bytes) -> bool:
        """Looks for `wanted` behind what was seen already; moves on behind it when it is there."""
        at = self.data.find(wanted, self.seen)
        if at < 0:
            return False
        self.seen = at + len(wanted)
        return True

    def take_line(self) -> bytes | None:
        """The next whole line behind what was seen, without its end; at the end, what is left."""
        at = self.data.find(b"\n", self.seen)
        if at >= 0:
            line = bytes(self.data[self.seen:at])
            self.seen = at + 1
            return line
        if self.ended and self.seen < len(self.data):
            line = bytes(self.data[self.seen:])
            self.seen = len(self.data)
            return line
        return None


class Sink:
    """One direction into an actor; `finish` is called after the last byte if it is to end."""

    WRITE_BYTES = 64 * 1024

    def __init__(self, descriptor: int, finish: Callable[[], None]) -> None:
        os.set_blocking(descriptor, False)
        self.descriptor = descriptor
        self.waiting = bytearray()
        self.ending = False
        self.closed = False
        self._finish = finish

    def put(self, data: bytes) -> None:
        """Adds `data` to what is to be written."""
        self.waiting += data

    def end(self) -> None:
        """Ends this direction as soon as what waits has been written."""
        self.ending = True

    def has_work(self) -> bool:
        """Whether the descriptor is to be watched for room."""
        return not self.closed and (bool(self.waiting) or self.ending)

    def write(self) -> None:
        """Writes what fits. A reader that has left is no error here: the play tells what to see."""
        try:
            if self.waiting:
                count = os.write(self.descriptor, self.waiting[:self.WRITE_BYTES])
                del self.waiting[:count]
        except BlockingIOError:
            return
        except OSError:
            self.waiting.clear()
            self.ending = True
        if self.ending and not self.waiting:
            self.close()

    def close(self) -> None:
        """Ends this direction now."""
        if not self.closed:
            self.closed = True
            self._finish()


def half_close(peer: socket.socket) -> None:
    """Ends our direction of a connection; it may be gone already."""
    try:
        peer.shutdown(socket.SHUT_WR)
    except OSError:
        pass
