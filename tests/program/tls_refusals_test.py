#!/usr/bin/python3
"""What a server refuses of those who come over TLS: each row says what is done, and every byte that comes
back, in its order. A talk of two others goes on meanwhile, and hears nothing of it."""

import ctypes
import struct
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nacl.signing import SigningKey  # noqa: E402
from OpenSSL import SSL  # noqa: E402

from lib.device import Device, two_people  # noqa: E402
from lib.duetd import Duetd  # noqa: E402
from lib.failure import Failed  # noqa: E402
from lib.records import (ALERT, CHANGE, DATA, HANDSHAKE, Hello, Record,  # noqa: E402
                         RecordCaller, client_context, record, split)
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()

# Alerts (RFC 8446, section 6), all of them fatal.
UNEXPECTED, BAD_MAC, OVERFLOW, NO_AGREEMENT = 10, 20, 22, 40
ILLEGAL, UNDECODED, UNDECRYPTED, VERSION, NO_PROTOCOL = 47, 50, 51, 70, 120
CLOSE_NOTIFY: Record = (ALERT, b"\x01\x00")
# Extensions, and a message
GROUPS, KEY_SHARE, VERSIONS = 10, 51, 43

HELP = b"This is duetd."
HELLO_LINE = b'{"type":"hello","version":1,"nonce":"' + b"00" * 16 + b'"}\n'
PING = b'{"type":"ping"}\n'


def alert(code: int) -> Record:
    """A fatal one, as it is sent."""
    return ALERT, bytes([2, code])


def a_hello() -> Hello:
    """A good one."""
    return Hello(RecordCaller.a_flight(client_context()))


def must_hear(name: str, heard: object, expected: object) -> None:
    """Every byte, in its order."""
    if heard != expected:
        raise Failed(f"{name}: {heard!r} came back, and not {expected!r}")


# Before there are keys: bytes that are said, and the one alert in clear that answers them. None stands
# for no alert, only the end.

def old(version: int) -> bytes:
    """A library's own hello that offers nothing newer."""
    return RecordCaller.a_flight(client_context(SSL.TLS1_VERSION, version))


def oldest() -> bytes:
    """SSL 3.0, which no library here speaks any more."""
    hello = a_hello()
    hello.head = b"\x03\x00" + hello.head[2:]
    hello.extensions = []
    return record(HANDSHAKE, hello.message(), 0x0300)


def changed(change: Callable[[Hello], object]) -> bytes:
    """A good hello with one thing that is not."""
    hello = a_hello()
    change(hello)
    return record(HANDSHAKE, hello.message(), 0x0301)


def in_pieces(message: bytes, bytes_each: int) -> bytes:
    """A message in many records."""
    return b"".join(record(HANDSHAKE, message[at:at + bytes_each])
                    for at in range(0, len(message), bytes_each))


def padded() -> bytes:
    """A hello that goes on and on."""
    return in_pieces(b"\x01" + (120_000).to_bytes(3, "big") + bytes(80_000), 16_000)


def half_a_hello() -> bytes:
    """The record is whole, the message is not."""
    return record(HANDSHAKE, a_hello().message()[:100])


def no_compression(hello: Hello) -> None:
    hello.compression = b"\x01\x00"


def no_common_cipher(hello: Hello) -> None:
    hello.ciphers = b"\x13\x04"  # AES-128-CCM


def share(group: int, point: bytes) -> bytes:
    """The extension in which a caller says its half of the keys."""
    one = struct.pack("!HH", group, len(point)) + point
    return struct.pack("!H", len(one)) + one


def twice(hello: Hello) -> None:
    hello.extensions.append(hello.extensions[0])


IN_CLEAR: tuple[tuple[str, Callable[[], bytes], int | None], ...] = (
    ("a hello of TLS 1.2", lambda: old(SSL.TLS1_2_VERSION), VERSION),
    ("a hello of TLS 1.1", lambda: old(SSL.TLS1_1_VERSION), VERSION),
    ("a hello of TLS 1.0", lambda: old(SSL.TLS1_VERSION), VERSION),
    ("a hello of SSL 3.0", oldest, NO_AGREEMENT),
    ("a hello that offers a version of tomorrow alone",
     lambda: changed(lambda hello: hello.put(VERSIONS, b"\x02\x03\x09")), VERSION),
    ("compression", lambda: changed(no_compression), ILLEGAL),
    ("no cipher of ours", lambda: changed(no_common_cipher), NO_AGREEMENT),
    ("no group of ours", lambda: changed(lambda hello: (
        hello.put(GROUPS, b"\x00\x02\x00\x1e"), hello.put(KEY_SHARE, share(30, bytes(56))))),
     NO_AGREEMENT),
    ("the point zero of X25519",
     lambda: changed(lambda hello: hello.put(KEY_SHARE, share(29, bytes(32)))), ILLEGAL),
    ("a point that is not on P-256", lambda: changed(lambda hello: hello.put(
        KEY_SHARE, share(23, b"\x04" + b"\x01" * 64))), ILLEGAL),
    ("an extension twice", lambda: changed(twice), ILLEGAL),
    ("a protocol that nobody knows (ALPN)",
     lambda: RecordCaller.a_flight(client_context(alpn=(b"duet/9", b"h2"))), NO_PROTOCOL),
    ("an empty list of protocols (ALPN)",
     lambda: changed(lambda hello: hello.put(16, b"\x00\x00")), UNDECODED),
    ("a hello longer than 64 KiB", padded, None),
    ("a hello of 16 MiB, announced", lambda: record(HANDSHAKE, b"\x01\xff\xff\xff" + bytes(1000)),
     ILLEGAL),
    ("a record too long", lambda: b"\x16\x03\x01\xff\xff" + bytes(2000), OVERFLOW),
    ("a record of nothing, often", lambda: record(HANDSHAKE, b"") * 40, UNEXPECTED),
    ("noise in a record", lambda: record(HANDSHAKE, bytes(range(200, 250))), UNEXPECTED),
    ("a hello cut short inside", lambda: record(HANDSHAKE, b"\x01\x00\x00\x10" + bytes(16)),
     UNDECODED),
    ("half a hello, and data", lambda: half_a_hello() + record(DATA, b"hello"), UNEXPECTED),
    ("half a hello, and a fatal alert", lambda: half_a_hello() + record(ALERT, b"\x02\x28"), UNEXPECTED),
    ("a finish before anything", lambda: record(HANDSHAKE, b"\x14\x00\x00\x20" + bytes(32)),
     UNEXPECTED),
)


# Under keys. What comes back is opened; tickets are left out of it.

def altered(sealed: bytes) -> bytes:
    """One bit of it is another."""
    return sealed[:-1] + bytes([sealed[-1] ^ 1])


def finish(content: bytes = b"\x14\x00\x00\x20" + bytes(32)) -> bytes:
    """The message that ends the handshake, with a wrong sum."""
    return content


def finishes_in_place(caller: RecordCaller, kind: int, content: bytes) -> None:
    """Says something else where its finish belongs."""
    caller.send(caller.handshake_keys().seal(kind, content))


BEFORE_THE_FINISH: tuple[tuple[str, Callable[[RecordCaller], None], int], ...] = (
    ("a finish that was altered", lambda caller: caller.send(altered(caller.finished)), BAD_MAC),
    ("a finish with a wrong sum",
     lambda caller: finishes_in_place(caller, HANDSHAKE, finish()), UNDECRYPTED),
    ("a finish in clear", lambda caller: caller.send(record(HANDSHAKE, finish())), UNEXPECTED),
    ("data before the finish",
     lambda caller: finishes_in_place(caller, DATA, HELLO_LINE), UNEXPECTED),
    ("data in clear before the finish", lambda caller: caller.send(record(DATA, HELLO_LINE)),
     BAD_MAC),
    ("a certificate that nobody asked for",
     lambda caller: finishes_in_place(caller, HANDSHAKE, b"\x0b\x00\x00\x04\x00\x00\x00\x00"),
     UNEXPECTED),
)


def says(kind: int, content: bytes, padding: int = 0) -> Callable[[RecordCaller], None]:
    """One sealed record."""
    return lambda caller: caller.send(caller.ours.seal(kind, content, padding))


def in_clear(kind: int, content: bytes) -> Callable[[RecordCaller], None]:
    """One that is not sealed."""
    return lambda caller: caller.send(record(kind, content))


def often(kind: int, content: bytes) -> Callable[[RecordCaller], None]:
    """The same, sealed, more often than anybody needs it."""
    return lambda caller: caller.send(b"".join(caller.ours.seal(kind, content) for _ in range(40)))


def a_record_again(caller: RecordCaller) -> None:
    sealed = caller.ours.seal(DATA, PING)
    caller.send(sealed)
    must_hear("the first", caller.hear_one(), PONG)
    caller.send(sealed)


def records_in_another_order(caller: RecordCaller) -> None:
    first, second = (caller.ours.seal(DATA, PING) for _ in range(2))
    caller.send(second + first)


def a_record_left_out(caller: RecordCaller) -> None:
    first, _, third = (caller.ours.seal(DATA, PING) for _ in range(3))
    caller.send(first)
    must_hear("the first", caller.hear_one(), PONG)
    caller.send(third)


def an_altered_record(caller: RecordCaller) -> None:
    caller.send(altered(caller.ours.seal(DATA, PING)))


def a_record_of_another_connection(caller: RecordCaller) -> None:
    other = RecordCaller(caller.endpoint)
    other.shakes_hands()
    caller.send(other.ours.seal(DATA, PING))
    other.socket.close()


def a_key_update_that_is_none_in_the_next_record(caller: RecordCaller) -> None:
    caller.send(caller.ours.seal(HANDSHAKE, b"\x18\x00\x00\x01\x00"))
    caller.send(caller.ours.seal(DATA, PING))  # under the old keys


PONG: Record = (DATA, b'{"type":"pong"}\n')
AFTER: tuple[tuple[str, Callable[[RecordCaller], None], tuple[Record, ...]], ...] = (
    ("a hello again (renegotiation)", lambda caller: says(HANDSHAKE, a_hello().message())(caller),
     (alert(UNEXPECTED),)),
    ("a hello again, in clear", lambda caller: in_clear(HANDSHAKE, a_hello().message())(caller),
     (alert(UNEXPECTED),)),
    ("data in clear", in_clear(DATA, HELLO_LINE), (alert(BAD_MAC),)),
    ("an alert in clear", in_clear(ALERT, b"\x01\x00"), (alert(UNEXPECTED),)),
    ("a change of ciphers", in_clear(CHANGE, b"\x01"), (alert(UNEXPECTED),)),
    ("a record too long", lambda caller: caller.send(b"\x17\x03\x03\x48\x01" + bytes(0x4801)),
     (alert(OVERFLOW),)),
    ("a record with too much inside", says(DATA, bytes(16_385)), (alert(OVERFLOW),)),
    ("a record of nothing but padding", says(0, bytes(100)), (alert(UNEXPECTED),)),
    ("a record of no known kind", says(99, b"hello"), (alert(UNEXPECTED),)),
    ("empty records, forty", often(DATA, b""), (alert(UNEXPECTED),)),
    ("a finish again", says(HANDSHAKE, finish()), (alert(UNEXPECTED),)),
    ("a key update that asks for nothing known", says(HANDSHAKE, b"\x18\x00\x00\x01\x02"),
     (alert(ILLEGAL),)),
    ("a key update, and the old keys", a_key_update_that_is_none_in_the_next_record,
     (alert(BAD_MAC),)),
    ("a fatal alert", says(ALERT, b"\x02\x28"), ()),
    ("a record again", a_record_again, (alert(BAD_MAC),)),
    ("records in another order", records_in_another_order, (alert(BAD_MAC),)),
    ("a record left out", a_record_left_out, (alert(BAD_MAC),)),
    ("an altered record", an_altered_record, (alert(BAD_MAC),)),
    ("a record of another connection", a_record_of_another_connection, (alert(BAD_MAC),)),
)


def both_are_still_there(ada: Device, bob: Device) -> None:
    """And hear each other."""
    ada.tell("bob", "still here")
    while bob.event()["type"] != "entry":
        pass


@scenes.scene
def a_bad_hello_is_answered_with_one_alert(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server, over_tls=True)
    for name, said, code in IN_CLEAR:
        caller = RecordCaller(server.address)
        caller.send(said())
        heard = caller.hear_all()
        # The version in an alert's head is what the caller had offered.
        must_hear(name, heard[:1] + heard[3:],
                  b"" if code is None else b"\x15\x00\x02\x02" + bytes([code]))
    both_are_still_there(ada, bob)


@scenes.scene
def who_does_not_finish_the_handshake_as_it_must_hears_one_alert(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server, over_tls=True)
    for name, goes_on, code in BEFORE_THE_FINISH:
        caller = RecordCaller(server.address)
        caller.hears_the_servers_flight()
        caller.take_over()
        goes_on(caller)
        must_hear(name, caller.opened(), [alert(code)])
    both_are_still_there(ada, bob)


@scenes.scene
def what_is_no_record_of_this_connection_ends_it(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server, over_tls=True)
    for name, goes_on, expected in AFTER:
        caller = RecordCaller(server.address)
        caller.shakes_hands()
        goes_on(caller)
        must_hear(name, caller.opened(), list(expected))
    both_are_still_there(ada, bob)


def allow_early_data(ticket: SSL.Session) -> None:
    """On our side alone: the server has said nothing of it."""
    pointer = int(SSL._ffi.cast("uintptr_t", ticket._session))
    ctypes.CDLL("libssl.so.3").SSL_SESSION_set_max_early_data(ctypes.c_void_p(pointer), 16_384)


def early_flight(tls: SSL.Connection, data: bytes) -> bytes:
    """A hello that comes back with a ticket, and data behind it, sealed under the ticket's key."""
    written = SSL._ffi.new("size_t *")
    if SSL._lib.SSL_write_early_data(tls._ssl, data, len(data), written) != 1:
        raise Failed("OpenSSL would say nothing early")
    flight: bytes = tls.bio_read(1 << 20)
    return flight


@scenes.scene
def early_data_is_never_heard(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server, over_tls=True)
    first = stage.connect_tls("with a ticket", server.address)
    first.send(PING)
    first.sees("pong")
    ticket = first.tls.get_session()  # type: ignore[attr-defined]
    if SSL._lib.SSL_SESSION_get_max_early_data(ticket._session) != 0:
        raise Failed("the ticket allows early data")
    allow_early_data(ticket)
    caller = RecordCaller(server.address, client_context(alpn=(b"duet/1",)), ticket)
    caller.send(early_flight(caller.tls, PING))
    said = caller.flight()
    if said:
        raise Failed(f"OpenSSL had more to say: {said!r}")
    *flight, last = split(caller.hear_all())
    caller.tls.bio_write(b"".join(flight))
    caller.flight()
    caller.take_over()
    must_hear("early data", caller.theirs.open(last), alert(UNEXPECTED))
    both_are_still_there(ada, bob)


@scenes.scene
def keys_can_be_changed_a_thousand_times(stage: Stage) -> None:
    server = Duetd(stage)
    caller = RecordCaller(server.address)
    caller.shakes_hands()
    for _ in range(1000):
        caller.send(caller.ours.seal(HANDSHAKE, b"\x18\x00\x00\x01\x01"))
        caller.ours = caller.ours.next()
    caller.send(caller.ours.seal(DATA, PING))
    while (heard := caller.hear_one()) != PONG:
        must_hear("a key update", heard, (HANDSHAKE, b"\x18\x00\x00\x01\x00"))
        caller.theirs = caller.theirs.next()
    caller.socket.close()


# Cut, at each place where a stream can be cut

@scenes.scene
def a_stream_that_is_cut_was_never_the_end_of_anything(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server, over_tls=True)
    whole = PING[:-1]
    for name, goes_on, expected in (
            ("cut in a record", lambda caller: caller.ours.seal(DATA, PING)[:-3], []),
            ("cut in a record's head", lambda caller: caller.ours.seal(DATA, PING)[:3], []),
            ("cut behind a line without its end", lambda caller: caller.ours.seal(DATA, whole), []),
            ("a goodbye in a line", lambda caller: caller.ours.seal(DATA, whole) +
             caller.ours.seal(ALERT, b"\x01\x00"), [CLOSE_NOTIFY])):
        caller = RecordCaller(server.address)
        caller.shakes_hands()
        caller.send(goes_on(caller))
        caller.half_close()
        must_hear(name, caller.opened(), expected)
    hello = RecordCaller.a_flight(client_context())
    for name, said in (("cut in the hello", hello[:50]), ("cut in its head", hello[:3])):
        caller = RecordCaller(server.address)
        caller.send(said)
        caller.half_close()
        must_hear(name, caller.hear_all(), b"")
    caller = RecordCaller(server.address)
    caller.hears_the_servers_flight()
    caller.half_close()
    must_hear("cut before the finish", caller.hear_all(), b"")
    both_are_still_there(ada, bob)


@scenes.scene
def who_does_not_come_to_an_end_with_the_keys_is_let_go_without_a_word(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server, over_tls=True)
    half, quiet = RecordCaller(server.address), RecordCaller(server.address)
    half.send(half_a_hello())
    quiet.hears_the_servers_flight()
    must_hear("half a hello held open", half.hear_all(), b"")
    must_hear("no finish", quiet.hear_all(), b"")
    both_are_still_there(ada, bob)


# In other languages than what was agreed on

@scenes.scene
def what_is_no_tls_is_answered_in_clear_and_never_as_a_device(stage: Stage) -> None:
    server = Duetd(stage, listen="127.0.0.1:0")
    for name, said, begin in (
            ("a device in clear", HELLO_LINE, b'{"type":"bye","reason":"not_encrypted"'),
            ("a hello as SSL 2 had it", b"\x80\x2e\x01\x00\x02" + bytes(43), HELP),
            ("data before any hello", record(DATA, HELLO_LINE), HELP),
            ("a goodbye before any hello", record(ALERT, b"\x01\x00"), HELP)):
        caller = RecordCaller(server.address)
        caller.send(said)
        heard = caller.hear_all()
        if not heard.startswith(begin):
            raise Failed(f"{name}: {heard!r}")


# Proofs

def signed(device: Device, words: bytes, key: SigningKey | None = None, **changes: bytes) -> str:
    """A proof with something else in it than belongs there."""
    assert device.pinned
    parts = {"device_nonce": device.nonces[:16], "server_nonce": device.nonces[16:],
             "server": bytes.fromhex(device.pinned), "exporter": device.wire.exporter}  # type: ignore
    return (key or device.key).sign(words + b"".join((parts | changes).values())).signature.hex()


DEVICE = b"duet/1 device"
PROOFS: tuple[tuple[str, Callable[[Device], str]], ...] = (
    ("another key's", lambda ada: signed(ada, DEVICE, SigningKey.generate())),
    ("the server's words", lambda ada: signed(ada, b"duet/1 server")),
    ("a version of tomorrow", lambda ada: signed(ada, b"duet/2 device")),
    ("without the exporter", lambda ada: signed(ada, DEVICE, exporter=b"")),
    ("an exporter of nothing", lambda ada: signed(ada, DEVICE, exporter=bytes(32))),
    ("another server's identity", lambda ada: signed(ada, DEVICE, server=bytes(32))),
    ("another nonce of ours", lambda ada: signed(ada, DEVICE, device_nonce=bytes(16))),
    ("another nonce of theirs", lambda ada: signed(ada, DEVICE, server_nonce=bytes(16))),
    ("the nonces changed about", lambda ada: signed(
        ada, DEVICE, device_nonce=ada.nonces[16:], server_nonce=ada.nonces[:16])),
    ("all zero", lambda ada: "00" * 64),
)


@scenes.scene
def a_proof_of_anything_else_is_wrong(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server, over_tls=True)
    old = ada.proof()
    ada.break_off()
    for name, make in (*PROOFS, ("that of a connection before", lambda _: old)):
        ada.greet()
        ada.put(ada.sign_in_request(proof=make(ada)))
        ada.is_let_go("proof_wrong")
    ada.come()
    both_are_still_there(ada, bob)


@scenes.scene
def a_proof_of_another_open_connection_is_wrong_even_with_its_nonces(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server, over_tls=True)
    ada.break_off()
    ada.greet()
    first = ada.wire
    exporter = first.exporter  # type: ignore[attr-defined]
    ada.greet()
    ada.put(ada.sign_in_request(proof=signed(ada, DEVICE, exporter=exporter)))
    ada.is_let_go("proof_wrong")
    first.reset()
    ada.come()
    both_are_still_there(ada, bob)


if __name__ == "__main__":
    main(scenes)
