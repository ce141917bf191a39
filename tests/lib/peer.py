"""Actors that are bare sockets, so that a play can do what no honest program does."""

import os
import select
import socket
import struct

from .actor import Actor, Watched
from .streams import Sink, Source, half_close


def parse(endpoint: str) -> tuple[socket.AddressFamily, tuple[str, int] | str]:
    """An endpoint's text (`1.2.3.4:80`, `[::1]:80`, `unix:/path`) as the socket module wants it."""
    if endpoint.startswith("unix:"):
        return socket.AF_UNIX, endpoint.removeprefix("unix:")
    host, _, port = endpoint.rpartition(":")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    return family, (host.strip("[]"), int(port))


class Peer(Actor):
    """A connection, once there is one."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.socket: socket.socket | None = None

    def adopt(self, connection: socket.socket) -> None:
        """From here on the actor speaks and hears over `connection`."""
        self.socket = connection
        self.sources = [Source(connection.fileno(), "out")]
        self.sink = Sink(connection.fileno(), lambda: half_close(connection))

    def reset(self) -> None:
        """Ends the connection the hard way: the other side gets a reset."""
        assert self.socket
        self.record("in", b"(reset)")
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._let_go()

    def leave(self) -> None:
        """Closes both directions, after what was to be sent has left."""
        assert self.sink
        self.wait(f"{self.name} has sent all", lambda: not self.sink or not self.sink.waiting)
        self.record("in", b"(close)")
        self._let_go()

    def stop_reading(self) -> None:
        """Leaves in the kernel what comes from now on."""
        for source in self.sources:
            source.paused = True

    def read_on(self) -> None:
        """Reads again."""
        for source in self.sources:
            source.paused = False

    def _let_go(self) -> None:
        assert self.socket
        assert self.sink
        self.sink.closed = True
        for source in self.sources:
            source.ended = True
        self.socket.close()

    def close(self) -> None:
        if self.socket:
            self.socket.close()


class Caller(Peer):
    """A socket that calls."""

    def __init__(self, name: str, endpoint: str) -> None:
        super().__init__(name)
        self.endpoint = endpoint
        family, address = parse(endpoint)
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(60)
        connection.connect(address)
        self.adopt(connection)

    def describe(self) -> str:
        return f"a bare socket that called {self.endpoint}"


class Host(Peer):
    """A socket that listens; the first call becomes its connection, which all it does waits for."""

    def __init__(self, name: str, endpoint: str) -> None:
        super().__init__(name)
        family, address = parse(endpoint)
        self.listener = socket.socket(family, socket.SOCK_STREAM)
        self.listener.bind(address)
        self.listener.listen()
        self.listener.setblocking(False)
        self.address = self._own_address(endpoint)

    def _own_address(self, endpoint: str) -> str:
        host, separator, _ = endpoint.rpartition(":")
        if endpoint.startswith("unix:"):
            return endpoint
        return f"{host}{separator}{self.listener.getsockname()[1]}"

    def watched(self) -> list[Watched]:
        if self.socket is None:
            return [(self.listener.fileno(), select.POLLIN, self._accept)]
        return super().watched()

    def _accept(self) -> None:
        try:
            connection, _ = self.listener.accept()
        except BlockingIOError:
            return
        self.record("out", b"(a call)")
        self.adopt(connection)

    def answers(self) -> None:
        """Waits for the call."""
        self.wait(f"{self.name} is called", lambda: self.socket is not None)

    def send(self, data: bytes) -> None:
        self.answers()
        super().send(data)

    def end_input(self) -> None:
        self.answers()
        super().end_input()

    def reset(self) -> None:
        self.answers()
        super().reset()

    def leave(self) -> None:
        self.answers()
        super().leave()

    def source(self, name: str) -> Source:
        self.answers()
        return super().source(name)

    def has_ended(self) -> bool:
        return self.socket is not None and super().has_ended()

    def describe(self) -> str:
        return f"a bare socket that listens at {self.address}"

    def close(self) -> None:
        super().close()
        self.listener.close()
        if self.address.startswith("unix:"):
            path = self.address.removeprefix("unix:")
            if os.path.exists(path):
                os.unlink(path)
