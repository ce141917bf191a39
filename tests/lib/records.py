"""TLS 1.3 with our hands on its records (RFC 8446, section 5): a caller who can say what no library lets
anybody say. OpenSSL agrees on the keys; from the secrets that it tells us, we seal and open by ourselves.
"""

import hashlib
import hmac
import socket
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from OpenSSL import SSL

from .peer import parse
from .stage import PATIENCE_SECONDS

CHANGE, ALERT, HANDSHAKE, DATA = 20, 21, 22, 23
Record = tuple[int, bytes]


def expand(secret: bytes, label: bytes, length: int) -> bytes:
    """HKDF-Expand-Label with an empty context, for SHA-256 and at most 32 bytes."""
    name = b"tls13 " + label
    info = struct.pack("!HB", length, len(name)) + name + b"\x00"
    return hmac.new(secret, info + b"\x01", hashlib.sha256).digest()[:length]


def record(kind: int, content: bytes, version: int = 0x0303) -> bytes:
    """One in clear."""
    return struct.pack("!BHH", kind, version, len(content)) + content


def split(data: bytes) -> list[bytes]:
    """Whole records; what is left at the end stands there as it is."""
    records = []
    while len(data) >= 5 and len(data) >= 5 + struct.unpack("!H", data[3:5])[0]:
        size = 5 + struct.unpack("!H", data[3:5])[0]
        records.append(data[:size])
        data = data[size:]
    return records + ([data] if data else [])


class Keys:
    """One direction under one secret."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self.aead = AESGCM(expand(secret, b"key", 16))
        self.iv = expand(secret, b"iv", 12)
        self.count = 0

    def _nonce(self) -> bytes:
        number = int.from_bytes(self.iv, "big") ^ self.count
        self.count += 1
        return number.to_bytes(12, "big")

    def seal(self, kind: int, content: bytes, padding: int = 0) -> bytes:
        """A record; with the kind 0 it is nothing but padding behind its content."""
        inner = content + (bytes([kind]) if kind else b"") + bytes(padding)
        head = struct.pack("!BHH", DATA, 0x0303, len(inner) + 16)
        return head + self.aead.encrypt(self._nonce(), inner, head)

    def open(self, sealed: bytes) -> Record:
        """What is inside."""
        inner = self.aead.decrypt(self._nonce(), sealed[5:], sealed[:5]).rstrip(b"\x00")
        return inner[-1], inner[:-1]

    def next(self) -> "Keys":
        """Those behind a key update."""
        return Keys(expand(self.secret, b"traffic upd", 32))


def client_context(lowest: int = SSL.TLS1_3_VERSION, highest: int = SSL.TLS1_3_VERSION,
                   alpn: tuple[bytes, ...] = ()) -> SSL.Context:
    """One who offers these versions, and one cipher, since only that one is sealed here."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_cipher_list(b"ALL:@SECLEVEL=0")
    context.set_min_proto_version(lowest)
    context.set_max_proto_version(highest)
    SSL._lib.SSL_CTX_set_ciphersuites(context._context, b"TLS_AES_128_GCM_SHA256")
    if alpn:
        context.set_alpn_protos(list(alpn))
    return context


class Hello:
    """A ClientHello taken apart, to be changed and put together again."""

    def __init__(self, flight: bytes) -> None:
        body = flight[9:]
        at = 34
        session = body[at:at + 1 + body[at]]
        self.head = body[:34]
        self.session = session
        at += len(session)
        self.ciphers, at = _counted(body, at, 2)
        self.compression, at = _counted(body, at, 1)
        rest, _ = _counted(body, at, 2)
        self.extensions: list[tuple[int, bytes]] = []
        at = 0
        while at < len(rest):
            kind = struct.unpack("!H", rest[at:at + 2])[0]
            content, at = _counted(rest, at + 2, 2)
            self.extensions.append((kind, content))

    def put(self, kind: int, content: bytes) -> None:
        """This extension in place of the one that is there, or before all."""
        others = [each for each in self.extensions if each[0] != kind]
        self.extensions = [(kind, content), *others]

    def message(self) -> bytes:
        """As a handshake message."""
        rest = b"".join(struct.pack("!HH", kind, len(content)) + content
                        for kind, content in self.extensions)
        body = self.head + self.session + struct.pack("!H", len(self.ciphers)) + self.ciphers \
            + bytes([len(self.compression)]) + self.compression + struct.pack("!H", len(rest)) + rest
        return b"\x01" + len(body).to_bytes(3, "big") + body


def _counted(data: bytes, at: int, count_bytes: int) -> tuple[bytes, int]:
    """What stands behind its length, and where it ends."""
    size = int.from_bytes(data[at:at + count_bytes], "big")
    at += count_bytes
    return data[at:at + size], at + size


class RecordCaller:
    """A caller in full control. What it has heard stands in `heard`, as it came."""

    def __init__(self, endpoint: str, context: SSL.Context | None = None,
                 session: SSL.Session | None = None) -> None:
        self.endpoint = endpoint
        family, address = parse(endpoint)
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect(address)
        self.context = context or client_context()
        self.secrets: dict[bytes, bytes] = {}
        self.context.set_keylog_callback(self._note)
        self.tls = SSL.Connection(self.context, None)
        if session is not None:
            self.tls.set_session(session)
        self.tls.set_connect_state()
        self.heard = b""
        self.was_reset = False

    def _note(self, _: SSL.Connection, line: bytes) -> None:
        label, _random, secret = line.split()
        self.secrets[label] = bytes.fromhex(secret.decode())

    @staticmethod
    def a_flight(context: SSL.Context) -> bytes:
        """The hello that a library would say."""
        tls = SSL.Connection(context, None)
        tls.set_connect_state()
        return _next_flight(tls)

    # Before there are keys

    def flight(self) -> bytes:
        """What OpenSSL would say now: first the hello, and when the answer is there, the rest."""
        return _next_flight(self.tls)

    def hears_the_servers_flight(self) -> None:
        """Says hello, and takes in the whole answer: afterwards flight() is our Finished."""
        self.send(self.flight())
        self.finished = b""
        while not self.finished:
            self.tls.bio_write(self.socket.recv(65536))
            self.finished = self.flight()

    def shakes_hands(self) -> None:
        """All of it; then `ours` and `theirs` are at work."""
        self.hears_the_servers_flight()
        self.send(self.finished)
        self.take_over()

    def take_over(self) -> None:
        """From here on the keys are in our hands, and OpenSSL's connection is not used any more."""
        self.ours = Keys(self.secrets[b"CLIENT_TRAFFIC_SECRET_0"])
        self.theirs = Keys(self.secrets[b"SERVER_TRAFFIC_SECRET_0"])

    def handshake_keys(self) -> Keys:
        """Those under which our Finished travels."""
        return Keys(self.secrets[b"CLIENT_HANDSHAKE_TRAFFIC_SECRET"])

    # Bytes

    def send(self, data: bytes) -> None:
        """As they are; who has hung up on us is seen by what we hear."""
        try:
            self.socket.sendall(data)
        except ConnectionError:
            self.was_reset = True

    def half_close(self) -> None:
        """Cuts our direction, without the word that TLS has for it."""
        self.socket.shutdown(socket.SHUT_WR)

    def hear_all(self) -> bytes:
        """Everything up to the end."""
        try:
            while piece := self.socket.recv(65536):
                self.heard += piece
        except ConnectionError:
            self.was_reset = True
        self.socket.close()
        return self.heard

    def opened(self) -> list[Record]:
        """Everything up to the end, opened; tickets are left out, which may come at any time."""
        records = [self._open(each) for each in split(self.hear_all())]
        return [each for each in records if not _is_ticket(each)]

    def _open(self, sealed: bytes) -> Record:
        try:
            return self.theirs.open(sealed)
        except (InvalidTag, IndexError):
            return -1, sealed

    def hear_one(self) -> Record:
        """The next record but tickets, opened."""
        while True:
            while len(parts := split(self.heard)) < 1 or not _is_whole(parts[0]):
                piece = self.socket.recv(65536)
                if not piece:
                    return -1, self.heard
                self.heard += piece
            self.heard = self.heard[len(parts[0]):]
            opened = self._open(parts[0])
            if not _is_ticket(opened):
                return opened


def _is_ticket(opened: Record) -> bool:
    return opened[0] == HANDSHAKE and opened[1][:1] == b"\x04"


def _next_flight(tls: SSL.Connection) -> bytes:
    try:
        tls.do_handshake()
    except SSL.WantReadError:
        pass
    try:
        flight: bytes = tls.bio_read(1 << 20)
        return flight
    except SSL.WantReadError:
        return b""


def _is_whole(data: bytes) -> bool:
    return len(data) >= 5 and len(data) == 5 + struct.unpack("!H", data[3:5])[0]
