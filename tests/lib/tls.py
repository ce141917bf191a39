"""A bare socket with TLS over it, as a stranger's client has it: python3-openssl, whose connections give
the exporter's value (Python's own `ssl` has none)."""

import os
import socket

from OpenSSL import SSL

from .peer import Caller
from .streams import Sink, Source, half_close

EXPORTER_LABEL = b"EXPORTER-duet/1"


class TlsCaller(Caller):
    """A socket that calls, and agrees on keys before anything else."""

    def __init__(self, name: str, endpoint: str, alpn: bytes | None = b"duet/1") -> None:
        context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        context.set_min_proto_version(SSL.TLS1_3_VERSION)
        if alpn:
            context.set_alpn_protos([alpn])
        self.tls = SSL.Connection(context, None)
        self.tls.set_connect_state()
        super().__init__(name, endpoint)

    def adopt(self, connection: socket.socket) -> None:
        self._shake_hands(connection)
        self.socket = connection
        self.sources = [TlsSource(connection.fileno(), "out", self.tls)]
        self.sink = TlsSink(connection, self.tls)

    def _shake_hands(self, connection: socket.socket) -> None:
        while True:
            try:
                self.tls.do_handshake()
                return
            except SSL.WantReadError:
                send_waiting(connection, self.tls)
                self.tls.bio_write(connection.recv(65536))
            finally:
                send_waiting(connection, self.tls)

    @property
    def exporter(self) -> bytes:
        """What both ends of this connection know, and nobody between them."""
        value: bytes = self.tls.export_keying_material(EXPORTER_LABEL, 32)
        return value

    def describe(self) -> str:
        return f"a socket with TLS that called {self.endpoint}"


def send_waiting(connection: socket.socket, tls: SSL.Connection) -> None:
    """What TLS has to say, to the socket."""
    try:
        connection.sendall(tls.bio_read(1 << 20))
    except SSL.WantReadError:
        pass


class TlsSource(Source):
    """What is inside of what comes. It has ended only when the other side said so."""

    def __init__(self, descriptor: int, name: str, tls: SSL.Connection) -> None:
        super().__init__(descriptor, name)
        self.tls = tls
        self.was_cut = False

    def read(self) -> bytes:
        sealed = b""
        try:
            sealed = os.read(self.descriptor, self.READ_BYTES)
            self.was_cut = not sealed
        except BlockingIOError:
            pass
        except OSError:
            self.was_cut = self.was_reset = True
        if sealed:
            self.tls.bio_write(sealed)
        piece = b""
        try:
            while True:
                piece += self.tls.recv(self.READ_BYTES)
        except SSL.WantReadError:
            self.ended = self.was_cut
        except SSL.ZeroReturnError:
            self.was_cut = False
            self.ended = True
        self.data += piece
        return piece


class TlsSink(Sink):
    """What is said leaves encrypted; its end is told before the socket's."""

    def __init__(self, connection: socket.socket, tls: SSL.Connection) -> None:
        super().__init__(connection.fileno(), self._finish_all)
        self.connection = connection
        self.tls = tls
        self.sealed = b""

    def _finish_all(self) -> None:
        try:
            self.tls.shutdown()
            self.connection.sendall(self.tls.bio_read(1 << 16))
        except (SSL.Error, OSError):
            pass
        half_close(self.connection)

    def write(self) -> None:
        if not self.sealed and self.waiting:
            count = self.tls.send(bytes(self.waiting[:self.WRITE_BYTES]))
            del self.waiting[:count]
            self.sealed = self.tls.bio_read(1 << 20)
        try:
            if self.sealed:
                self.sealed = self.sealed[os.write(self.descriptor, self.sealed):]
        except BlockingIOError:
            return
        except OSError:
            self.waiting.clear()
            self.sealed = b""
            self.ending = True
        if self.ending and not self.waiting and not self.sealed:
            self.close()

    def has_work(self) -> bool:
        return not self.closed and (bool(self.waiting) or bool(self.sealed) or self.ending)
