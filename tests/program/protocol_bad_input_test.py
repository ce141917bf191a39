#!/usr/bin/python3
"""What no honest device says, said to a real server: each has its answer, and does no harm."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nacl.signing import SigningKey  # noqa: E402

from lib.device import (  # noqa: E402
    JSON_INTEGER_MAX, Device, Json, confirm, further_device, two_people)
from lib.duetd import Duetd  # noqa: E402
from lib.failure import Failed  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()
STRANGER_BYTES_MAX = 4 * 1024
LINE_BYTES_MAX = 64 * 1024
TEXT_BYTES_MAX = 16 * 1024
DEVICES_PERSON_MAX = 64
HELLO = {"type": "hello", "version": 1, "nonce": "00" * 16}
TLS_CLIENT_HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(range(200))
HELP = "This is duetd."

# One good request of each kind that only a signed-in device may ask.
REQUESTS: tuple[Json, ...] = (
    {"type": "say", "n": 1, "to": "bob", "text": "hello"},
    {"type": "got", "feed": 0},
    {"type": "read", "with": "bob", "seq": 0},
    {"type": "typing", "to": "bob"},
    {"type": "history", "with": "bob", "limit": 1},
    {"type": "people", "limit": 1},
    {"type": "invite"},
    {"type": "link_device"},
    {"type": "devices"},
    {"type": "revoke", "device": 1},
    {"type": "recover"},
)


def stranger(stage: Stage, server: Duetd, name: str = "stranger") -> Device:
    """Somebody who has called and said nothing."""
    device = Device(stage, server, name)
    device.call()
    return device


def handles(server: Duetd) -> list[str]:
    """Everybody whom the server knows."""
    return sorted(line.split("\t")[0] for line in server.run("people").splitlines())


# Out of order


@scenes.scene
def nothing_is_heard_before_sign_in(stage: Stage) -> None:
    server = Duetd(stage)
    for request in REQUESTS:
        for greets in (False, True):
            device = Device(stage, server, request["type"])
            if greets:
                device.greet()
            else:
                device.call()
            device.put(request)
            device.is_let_go("not_signed_in")


@scenes.scene
def only_ping_may_come_before_hello(stage: Stage) -> None:
    server = Duetd(stage)
    device = stranger(stage, server)
    device.is_still_there()
    device.pinned = "00" * 32
    device.put(device.enrolment("secret", "ada"))
    device.is_let_go("out_of_order")
    device.call()
    device.put(device.sign_in_request())
    device.is_let_go("out_of_order")


@scenes.scene
def hello_enrol_and_sign_in_are_heard_once(stage: Stage) -> None:
    server = Duetd(stage)
    ada, _ = two_people(stage, server)
    for again in (lambda: HELLO, lambda: ada.enrolment("secret"), ada.sign_in_request):
        ada.put(again())
        ada.is_let_go("out_of_order")
        ada.come()
    ada.break_off()
    ada.greet()
    ada.put(HELLO)
    ada.is_let_go("out_of_order")


@scenes.scene
def another_version_is_told_so(stage: Stage) -> None:
    server = Duetd(stage)
    for version in (0, 2, JSON_INTEGER_MAX):
        device = stranger(stage, server)
        device.put(HELLO | {"version": version})
        device.is_let_go("version_unknown")


# The form of a line

FORMS: tuple[tuple[str, bytes, str], ...] = (
    ("a field that is missing", b'{"type":"say","n":1,"to":"bob"}', "field_missing"),
    ("no type", b'{"id":1}', "field_missing"),
    ("a type that is no text", b'{"type":1}', "field_wrong"),
    ("a text for a number", b'{"type":"got","feed":"1"}', "field_wrong"),
    ("a number for a text", b'{"type":"typing","to":1}', "field_wrong"),
    ("null", b'{"type":"got","feed":null}', "field_wrong"),
    ("an array", b'{"type":"typing","to":["bob"]}', "field_wrong"),
    ("an object", b'{"type":"typing","to":{}}', "field_wrong"),
    ("a flag for a number", b'{"type":"got","feed":true}', "field_wrong"),
    ("a number for a flag", b'{"type":"link_device","plain":1}', "field_wrong"),
    ("a negative number", b'{"type":"got","feed":-1}', "field_wrong"),
    ("a fraction", b'{"type":"got","feed":1.0}', "field_wrong"),
    ("an exponent", b'{"type":"got","feed":1e0}', "field_wrong"),
    ("2^53", b'{"type":"got","feed":9007199254740992}', "field_wrong"),
    ("2^64", b'{"type":"got","feed":18446744073709551616}', "not_json"),
    ("1e999", b'{"type":"ping","more":1e999}', "not_json"),
    ("an id that is no number", b'{"type":"ping","id":"1"}', "field_wrong"),
    ("an n of 0", b'{"type":"say","n":0,"to":"bob","text":"x"}', "field_wrong"),
    ("a doubled field", b'{"type":"ping","type":"ping"}', "field_doubled"),
    ("a doubled unknown field", b'{"type":"ping","x":{"y":[{"z":1,"z":1}]}}', "field_doubled"),
    ("bytes behind the object", b'{"type":"ping"}x', "not_json"),
    ("an object behind the object", b'{"type":"ping"}{"type":"ping"}', "not_json"),
    ("no end of the object", b'{"type":"ping"', "not_json"),
    ("an empty line", b"", "not_json"),
    ("an array alone", b"[1]", "not_json"),
    ("a text alone", b'"ping"', "not_json"),
    ("a comment", b'{"type":"ping"/*x*/}', "not_json"),
    ("single quotes", b"{'type':'ping'}", "not_json"),
    ("a comma too many", b'{"type":"ping",}', "not_json"),
    ("NaN", b'{"type":"ping","x":NaN}', "not_json"),
    ("a raw control character", b'{"type":"ping","x":"\x01"}', "not_json"),
    ("half of a surrogate pair", b'{"type":"typing","to":"\\ud800"}', "not_json"),
    ("bytes that are no UTF-8", b'{"type":"typing","to":"\xff"}', "not_utf8"),
    ("an overlong form", b'{"type":"typing","to":"\xc0\xaf"}', "not_utf8"),
    ("a surrogate in UTF-8", b'{"type":"typing","to":"\xed\xa0\x80"}', "not_utf8"),
    ("no UTF-8 in an unknown field", b'{"type":"ping","x":"\x80"}', "not_utf8"),
    ("no UTF-8 in a field's name", b'{"type":"ping","\xfe":1}', "not_utf8"),
    ("nesting 10,000 deep", b'{"type":"ping","x":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
     "not_json"),
    ("nesting 1,025 deep", b'{"type":"ping","x":' + b"[" * 1_024 + b"]" * 1_024 + b"}",
     "not_json"),
    ("nesting without an end", b'{"type":"ping","x":' + b'{"x":' * 10_000, "not_json"),
    ("a line that is too long", b'{"type":"ping","x":"' + b"x" * LINE_BYTES_MAX + b'"}',
     "line_too_long"),
)


def _add_form(name: str, line: bytes, error: str) -> None:
    def form(stage: Stage) -> None:
        server = Duetd(stage)
        ada, bob = two_people(stage, server)
        ada.wire.send(line + b"\n")
        ada.ask("typing", to="bob")  # nothing behind the line is heard
        ada.is_let_go(error)
        ada.come()
        ada.is_still_there()
        bob.is_still_there()

    scenes.add(f"{name} is {error}", form)


for each in FORMS:
    _add_form(*each)


@scenes.scene
def strangers_are_held_to_the_form_too(stage: Stage) -> None:
    server = Duetd(stage)
    table = ((b'{"type":"hello","version":1}', "field_missing"),
             (b'{"type":"hello","version":"1","nonce":"' + b"00" * 16 + b'"}', "field_wrong"),
             (b'{"type":"hello","version":1,"nonce":"' + b"00" * 15 + b'"}', "field_wrong"),
             (b'{"type":"hello","version":1,"nonce":"' + b"00" * 17 + b'"}', "field_wrong"),
             (b'{"type":"hello","version":1,"nonce":"' + b"AA" * 16 + b'"}', "field_wrong"),
             (b'{"type":"hello","version":1,"nonce":"' + b"zz" * 16 + b'"}', "field_wrong"),
             (b"{}", "field_missing"), (b"{", "not_json"), (b'{"type":"\xff"}', "not_utf8"))
    for line, error in table:
        device = stranger(stage, server)
        device.wire.send(line + b"\n")
        device.is_let_go(error)
    for missing in ("secret", "identity", "proof", "device"):
        device = Device(stage, server, "stranger")
        device.greet()
        request = device.enrolment("secret", "ada")
        del request[missing]
        device.put(request)
        device.is_let_go("field_missing")
    for missing in ("identity", "proof", "feed"):
        device = Device(stage, server, "stranger")
        device.greet()
        request = device.sign_in_request()
        del request[missing]
        device.put(request)
        device.is_let_go("field_missing")
    for changes in ({"feed": "END"}, {"feed": -1}, {"epoch": "00"}, {"identity": "00"},
                    {"proof": ""}, {"client": 1}):
        device = Device(stage, server, "stranger")
        device.greet()
        device.put(device.sign_in_request(**changes))
        device.is_let_go("field_wrong")


@scenes.scene
def what_is_unknown_is_no_error(stage: Stage) -> None:
    server = Duetd(stage)
    ada, _ = two_people(stage, server)
    for word in ("recover", "prove", "push", "", "Say", "\0"):
        ada.ask(word, id=3, n="anything")
        ada.hears("refused", id=3, error="unknown_request")
    ada.wire.send(b'{ "\\u0069d" : 9007199254740991 , "x":{"y":[null,1.5,-3,{}]}, '
                  b'"type":"p\\u0069ng"}\r\n')
    ada.hears("pong", id=JSON_INTEGER_MAX)
    ada.wire.send(b'{"type":"ping","id":1,"x":' + b"[" * 1_023 + b"]" * 1_023 + b"}\n")
    ada.hears("pong", id=1)


@scenes.scene
def who_half_closes_has_left(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    ada.hears("presence", who="bob", online=True)
    bob.wire.end_input()
    stage.wait("the server closes", lambda: bob.wire.sources[0].ended)
    ada.hears("presence", who="bob", online=False)


# Too much, too slow, too strange


@scenes.scene
def a_stranger_is_heard_for_four_kibibytes(stage: Stage) -> None:
    server = Duetd(stage)
    ping = b'{"type":"ping"}\n'
    device = stranger(stage, server, "many lines")
    count = STRANGER_BYTES_MAX // len(ping)
    device.wire.send(ping * (count + 10))
    for _ in range(count):
        device.hears("pong")
    device.is_let_go("line_too_long")
    device = stranger(stage, server, "one line without an end")
    device.wire.send(b"{" + b" " * STRANGER_BYTES_MAX)
    device.is_let_go("line_too_long")
    device = stranger(stage, server, "one line that just fits")
    device.wire.send(ping[:-2] + b" " * (STRANGER_BYTES_MAX - len(ping) + 1) + b"}\n")
    device.hears("pong")
    # What stands behind a sign-in is a device's, and may be as long as it likes.
    _, bob = two_people(stage, server)
    bob.break_off()
    bob.greet()
    bob.put(bob.sign_in_request())
    bob.ask("say", n=1, to="ada", text="x" * TEXT_BYTES_MAX)
    bob.hears("welcome")
    bob.outbox[1] = {"to": "ada", "text": "x" * TEXT_BYTES_MAX}
    bob.hears("said", n=1)


@scenes.scene
def more_requests_than_may_wait_for_the_disk_are_too_fast(stage: Stage) -> None:
    server = Duetd(stage)
    ada, _ = two_people(stage, server)
    count = 2_000
    ada.wire.send(b'{"type":"invite"}\n' * count)
    answers: dict[str, int] = {}
    while sum(answers.values()) < count:
        event = ada.event()
        if event["type"] in ("linked", "refused"):
            word = event.get("error", "linked")
            answers[word] = answers.get(word, 0) + 1
    if set(answers) != {"linked", "too_fast"} or answers["linked"] < 256:
        raise Failed(f"the answers: {answers}")
    ada.is_still_there()


@scenes.scene
def a_person_has_so_many_devices_and_no_more(stage: Stage) -> None:
    server = Duetd(stage)
    ada, _ = two_people(stage, server)
    for number in range(2, DEVICES_PERSON_MAX + 1):
        further_device(ada, f"device {number}").break_off()
    ada.ask("link_device", id=1)
    secret = ada.hears("linked", id=1)["secret"]
    late = Device(stage, server, "one too many")
    late.greet()
    late.put(late.enrolment(secret, id=2))
    late.hears("refused", id=2, error="devices_full")
    ada.ask("revoke", id=3, device=3)
    ada.hears("done", id=3)
    late.put(late.enrolment(secret, id=4))
    confirm(ada, late)
    late.hears("waiting", id=4)
    late.hears("enrolled", id=4, you="ada")


@scenes.scene
def who_does_not_sign_in_is_let_go(stage: Stage) -> None:
    server = Duetd(stage)
    half = stranger(stage, server, "half a line")
    half.wire.send(b'{"type":"hel')
    greeted = Device(stage, server, "greeted")
    greeted.greet()
    silent = stage.connect("silent", server.address)
    http = stage.connect("half of HTTP", server.address)
    http.send(b"GET / HT")
    person = stage.connect("a person", server.address)
    person.send(b"/")
    half.is_let_go("signed_in_too_late")
    greeted.is_let_go("signed_in_too_late")
    silent.sees(HELP)
    http.sees(HELP)
    for each_one in (silent, http):
        stage.wait("the end", lambda one=each_one: one.sources[0].ended)
    # A person who types has longer.
    person.send(b"help\n")
    person.sees("* /sign-in CODE")


@scenes.scene
def other_languages_get_one_answer(stage: Stage) -> None:
    server = Duetd(stage)
    for first_bytes in (b"\n", b"hello\n", b" {}\n", b"\xef\xbb\xbf{}\n",
                        b"HELO there\n", b"\0", b"G" * 5000):
        caller = stage.connect("foreigner", server.address)
        caller.send(first_bytes)
        caller.sees(HELP)
        stage.wait("the end", lambda one=caller: one.sources[0].ended)
    for line in (b"GET / HTTP/1.1\r\n\r\n", b"POST /x y HTTP/1.0\n"):
        caller = stage.connect("browser", server.address)
        caller.send(line)
        caller.sees("HTTP/1.1 503 Service Unavailable\r\n")
        stage.wait("the end", lambda one=caller: one.sources[0].ended)
    older = stage.connect("an older TLS", server.address)
    older.send(TLS_CLIENT_HELLO)
    older.sees("\x15\x03")  # an alert
    stage.wait("the end", lambda: older.sources[0].ended)
    for _ in range(3):
        stage.connect("nobody", server.address).leave()
    stage.connect("reset", server.address).reset()
    stranger(stage, server).is_still_there()


# Proofs


@scenes.scene
def a_proof_is_good_for_one_key_one_server_and_one_connection(stage: Stage) -> None:
    server = Duetd(stage)
    ada, _ = two_people(stage, server)
    replayed = ada.sign_in_request()
    ada.break_off()

    def refused(request: Json) -> None:
        ada.put(request)
        ada.is_let_go("proof_wrong")

    ada.greet()
    refused(replayed)
    ada.greet()
    refused(ada.sign_in_request(proof=ada.proof(SigningKey.generate())))
    ada.greet()
    ada.nonces = bytes(16) + ada.nonces[16:]
    refused(ada.sign_in_request())
    ada.greet()
    ada.nonces = ada.nonces[16:] + ada.nonces[:16]
    refused(ada.sign_in_request())
    ada.greet()
    ada.nonces = ada.nonces[:16] + bytes(16)
    refused(ada.sign_in_request())
    ada.greet()
    refused(ada.sign_in_request(identity="00" * 32))
    ada.greet()
    refused(ada.sign_in_request(identity="ff" * 32))
    ada.greet()
    refused(ada.sign_in_request(identity=bytes(SigningKey.generate().verify_key).hex()))
    ada.greet()
    flipped = bytearray.fromhex(ada.proof())
    flipped[0] ^= 1
    refused(ada.sign_in_request(proof=flipped.hex()))
    ada.greet()
    signed = b"duet/1 server" + ada.nonces + bytes.fromhex(ada.pinned or "")
    refused(ada.sign_in_request(proof=ada.key.sign(signed).signature.hex()))
    ada.greet()
    refused(ada.enrolment("secret", "eve", proof=ada.proof(SigningKey.generate())))
    unknown = Device(stage, server, "unknown")
    unknown.greet()
    unknown.put(unknown.sign_in_request())
    unknown.is_let_go("device_unknown")
    ada.come()
    ada.is_still_there()


# Coming in


@scenes.scene
def handles_and_names_are_refused_and_the_secret_stays_good(stage: Stage) -> None:
    server = Duetd(stage)
    two_people(stage, server)
    newcomer = Device(stage, server, "kim")
    secret = server.invite()[0]

    def refused(error: str, **changes: Any) -> None:
        newcomer.greet()  # each in a connection of its own: strangers are heard for 4 KiB
        newcomer.put(newcomer.enrolment(secret, "kim", id=7) | changes)
        newcomer.hears("refused", id=7, error=error)
        newcomer.is_still_there()
        newcomer.break_off()

    for handle in ("", ".", "..", "-x", ".x", "_", "Kim", "kim ", " kim", "k/m", "k\u0131m",
                   "k\x00m", "кim", "김", "a" * 33, "a\n", "a@b", "../../etc/passwd"):
        refused("handle_wrong", handle=handle)
    for handle in ("ada", "bob"):
        refused("handle_taken", handle=handle)
    for field in ("name", "device"):
        refused("text_empty", **{field: ""})
        refused("text_too_long", **{field: "x" * 65})
        refused("text_too_long", **{field: "가" * 22})
        for letter in "\0\x01\t\n\r\x1b\x1f\x7f\x80\x85\x9f":
            refused("control_character", **{field: f"a{letter}b"})
    for wrong in ("", "x", secret[:-1], secret + "x", secret.upper(), "x" * 2000):
        refused("secret_unknown", secret=wrong)
    newcomer.greet()
    request = newcomer.enrolment(secret, "kim", id=8)
    del request["handle"]
    newcomer.put(request)
    newcomer.hears("refused", id=8, error="handle_wrong")
    # And after all that, on the same connection:
    newcomer.put(newcomer.enrolment(secret, "a" * 32, id=9, name="가" * 21 + "x", device="é"))
    newcomer.hears("enrolled", id=9, you="a" * 32)
    if handles(server) != ["a" * 32, "ada", "bob"]:
        raise Failed(f"who is here: {handles(server)}")


@scenes.scene
def a_secret_is_good_once(stage: Stage) -> None:
    server = Duetd(stage)
    first = Device(stage, server, "first")
    secret = server.first_invitation()
    first.enrol(secret, "ada")
    first.put(first.enrolment(secret, "eve", id=2))  # the same again, whatever else it says
    first.hears("enrolled", id=2, you="ada")
    first.sign_in()
    other = Device(stage, server, "other")
    other.greet()
    other.put(other.enrolment(secret, "bob", id=3))
    other.hears("refused", id=3, error="secret_unknown")
    # A key that is a device's already is nobody else's.
    first.ask("invite")
    invitation = first.hears("linked")["secret"]
    first.break_off()
    first.greet()
    first.put(first.enrolment(invitation, "bob", id=4))
    first.hears("refused", id=4, error="secret_unknown")
    # The code of the door of plain lines is no secret of this one.
    first.sign_in()
    first.ask("link_device", plain=True)
    code = first.hears("linked")["secret"]
    other.put(other.enrolment(code, "bob", id=5))
    other.hears("refused", id=5, error="secret_unknown")
    other.put(other.enrolment(invitation, "bob", id=6))
    other.hears("enrolled", id=6, you="bob")
    if handles(server) != ["ada", "bob"]:
        raise Failed(f"who is here: {handles(server)}")


@scenes.scene
def of_many_who_enrol_at_once_one_wins(stage: Stage) -> None:
    server = Duetd(stage)
    crowd = [Device(stage, server, f"newcomer {number}") for number in range(10)]
    for device in crowd:
        device.greet()
    secret = server.first_invitation()
    secrets = [server.invite()[0] for _ in crowd]

    def race(choose: Callable[[int], str]) -> list[str]:
        for number, device in enumerate(crowd):
            device.put(device.enrolment(choose(number), "ada", id=number))
        answers = [device.event() for device in crowd]
        return sorted(answer.get("error", answer["type"]) for answer in answers)

    if (found := race(lambda _: secret)) != ["enrolled"] + ["secret_unknown"] * 9:
        raise Failed(f"for one secret: {found}")
    # Who is in has a key that is known, and the name that the others want.
    if (found := race(lambda number: secrets[number])) != ["handle_taken"] * 9 + ["secret_unknown"]:
        raise Failed(f"for one handle: {found}")
    if handles(server) != ["ada"]:
        raise Failed(f"who is here: {handles(server)}")


def cut_answer(device: Device, request: Json, count: int) -> bytes:
    """Asks, hears so many bytes and not one more, and is gone; gives these bytes."""
    wire = device.wire
    wire.stop_reading()
    device.put(request)
    assert wire.socket
    wire.socket.setblocking(False)
    heard = b""

    def has_come() -> bool:
        nonlocal heard
        assert wire.socket
        try:
            heard += wire.socket.recv(count - len(heard))
        except BlockingIOError:
            pass
        return len(heard) == count

    if count > 0:
        device.stage.wait(f"{count} bytes of the answer", has_come)
    wire.reset()
    return heard


@scenes.scene
def the_answer_to_enrol_may_be_cut_off_at_every_byte(stage: Stage) -> None:
    server = Duetd(stage)
    ada = Device(stage, server, "ada")
    secret = server.first_invitation()
    heard, count = b"", 0
    while not heard.endswith(b"}\n"):
        ada.greet()
        heard = cut_answer(ada, ada.enrolment(secret, "ada", id=1), count)
        count += 1
    ada.join(secret, "ada")
    ada.ask("devices", id=2)
    if len(ada.hears("devices", id=2)["devices"]) != 1 or handles(server) != ["ada"]:
        raise Failed("somebody was made twice")


@scenes.scene
def the_answer_to_sign_in_may_be_cut_off_at_every_byte(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    for text in ("one", "two\n둘"):
        bob.tell("ada", text)
    ada.hears("entry", seq=1)
    ada.cursor, ada.log = 0, []  # what it had was not stored
    ada.break_off()
    heard, count = b"", 0
    while b'"text":"two' not in heard or not heard.endswith(b"}\n"):
        ada.greet()
        heard = cut_answer(ada, ada.sign_in_request(), count)
        count += 1
    ada.come()
    ada.hears_up_to(2)
    if [entry["text"] for entry in ada.log] != ["one", "two\n둘"]:
        raise Failed(f"ada has {ada.log}")
    ada.got()
    bob.hears("mark", who="ada", delivered=2)


def cut_request(device: Device, make: Callable[[], Json]) -> None:
    """Says every beginning of a request's line but the whole, each on its own connection."""
    device.greet()
    length = len(json.dumps(make()))
    for count in range(length + 1):
        device.wire.send(json.dumps(make()).encode()[:count])
        device.wire.leave()
        device.greet()
    device.break_off()


@scenes.scene
def the_requests_enrol_and_sign_in_may_be_cut_off_at_every_byte(stage: Stage) -> None:
    server = Duetd(stage)
    ada = Device(stage, server, "ada")
    secret = server.first_invitation()
    cut_request(ada, lambda: ada.enrolment(secret, "ada", id=1))
    if handles(server):
        raise Failed("a line without its end was heard")
    ada.enrol(secret, "ada")
    cut_request(ada, ada.sign_in_request)
    ada.come()
    ada.is_still_there()


# Saying


@scenes.scene
def texts_are_refused_whole_and_for_good(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)

    def refused(error: str, offset: int | None = None, **changes: Any) -> None:
        ada.last_n += 1
        request = {"type": "say", "n": ada.last_n, "to": "bob", "text": "x"} | changes
        for _ in range(2):
            ada.put(request)
            answer = ada.hears("refused", n=ada.last_n, error=error)
            if not answer["sentence"]:
                raise Failed(f"no sentence: {answer}")
            if answer.get("offset") != offset:
                raise Failed(f"the offset is not {offset}: {answer}")

    refused("text_empty", text="")
    refused("text_too_long", text="x" * (TEXT_BYTES_MAX + 1))
    refused("text_too_long", text="가" * (TEXT_BYTES_MAX // 3 + 1))
    for letter in "\0\x01\x08\x0b\r\x1b\x1f\x7f\x80\x85\x9f":
        refused("control_character", offset=3, text=f"가{letter}b")
    for kind in ("edit", "erasure", "reaction", "file", "device_added", "", "Text",
                 "x" * 1000):
        refused("kind_unknown", kind=kind)
    refused("to_oneself", to="ada")
    for nobody in ("", "nobody", "Bob", "BOB", "bob ", "bоb", "b\u200bob", "bob\0", "..", "-x",
                   "../bob", "x" * 10_000):
        refused("not_connected", to=nobody)
    stranger_secret = server.invite()[0]
    kim = Device(stage, server, "kim")
    kim.join(stranger_secret, "kim")
    refused("not_connected", to="kim")
    server.restart()
    ada.come()
    refused("text_empty", text="")
    ada.tell("bob", "x" * TEXT_BYTES_MAX)
    ada.tell("bob", "\ttab and\nline \u00a0\u202e\u200b\U0010ffff")
    bob.come()
    bob.hears("entry", seq=1, text="x" * TEXT_BYTES_MAX)
    bob.hears("entry", seq=2, text="\ttab and\nline \u00a0\u202e\u200b\U0010ffff")


@scenes.scene
def an_n_is_good_for_one_text_and_none_is_skipped(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    ada.tell("bob", "first")
    ada.put({"type": "say", "n": 1, "to": "bob", "text": "first"})
    ada.hears("said", n=1, seq=1)
    for changes in ({"text": "First"}, {"to": "kim"}, {"kind": "file"}, {"text": ""}):
        ada.put({"type": "say", "n": 1, "to": "bob", "text": "first"} | changes)
        ada.hears("n_reused", n=1, last_n=1)
    for n in (3, 4, JSON_INTEGER_MAX):
        ada.ask("say", n=n, to="bob", text="beyond")
        ada.hears("later", n=2, error="n_skipped", wait_ms=0)
    server.restart()
    ada.come()
    ada.put({"type": "say", "n": 1, "to": "bob", "text": "another"})
    ada.hears("n_reused", n=1, last_n=1)
    ada.put({"type": "say", "n": 1, "to": "bob", "text": "first"})
    ada.hears("said", n=1, seq=1)
    ada.tell("bob", "second")
    bob.come()
    bob.hears_up_to(2)
    if [entry["text"] for entry in bob.log] != ["first", "second"]:
        raise Failed(f"bob has {bob.log}")


@scenes.scene
def got_is_held_to_what_was_sent(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    for text in ("one", "two"):
        bob.tell("ada", text)
    ada.hears_up_to(2)
    for feed in (3, JSON_INTEGER_MAX):
        ada.ask("got", feed=feed)
        ada.is_let_go("feed_ahead")
        ada.come()
    ada.ask("got", feed=2)
    ada.ask("got", feed=2)
    ada.is_still_there()
    ada.ask("got", feed=1)
    ada.is_let_go("feed_backwards")
    ada.greet()
    ada.put(ada.sign_in_request(feed=3))
    ada.is_let_go("feed_ahead")
    # A cursor that is too great for the epoch is nothing in another epoch: it begins at the head.
    ada.greet()
    ada.put(ada.sign_in_request(feed=1000, epoch="00" * 16))
    ada.hears("welcome", feed=2)
    ada.is_still_there()


@scenes.scene
def read_speaks_of_what_is_there(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    bob.tell("ada", "one")
    ada.hears_up_to(1)
    for seq in (2, JSON_INTEGER_MAX):
        ada.ask("read", id=1, **{"with": "bob"}, seq=seq)
        ada.hears("refused", id=1, error="no_such_entry")
    for nobody in ("kim", "ada", "", "Bob"):
        ada.ask("read", id=2, **{"with": nobody}, seq=1)
        ada.hears("refused", id=2, error="not_connected")
        ada.ask("history", id=3, **{"with": nobody}, limit=1)
        ada.hears("refused", id=3, error="not_connected")
        ada.ask("typing", to=nobody)
    ada.ask("read", **{"with": "bob"}, seq=0)
    ada.ask("read", **{"with": "bob"}, seq=1)
    bob.hears("mark", who="ada", read=1)
    ada.ask("people", id=4, after="nobody", limit=0)
    if len(ada.hears("people", id=4)["people"]) != 1:
        raise Failed("an after that is no contact's counts as none, and a limit of 0 as 1")
    ada.ask("history", id=5, **{"with": "bob"}, before=0, limit=JSON_INTEGER_MAX)
    ada.hears("history", id=5, first=0, last=0, more=False)
    ada.ask("history", id=6, **{"with": "bob"}, after=JSON_INTEGER_MAX, limit=1)
    ada.hears("history", id=6, first=0, last=0, more=False)
    ada.ask("history", id=7, **{"with": "bob"}, before=JSON_INTEGER_MAX, limit=1)
    ada.hears("entry", seq=1)
    ada.hears("history", id=7, first=1, last=1, more=False)


# Revoking


@scenes.scene
def a_revoked_device_is_cut_off_at_once_and_does_not_come_back(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    phone = further_device(ada, "phone")
    number = phone.welcome["device"]
    bob.ask("revoke", id=1, device=number)
    bob.hears("refused", id=1, error="device_unknown")
    for nothing in (0, 1000, JSON_INTEGER_MAX):
        ada.ask("revoke", id=2, device=nothing)
        ada.hears("refused", id=2, error="device_unknown")
    phone.is_still_there()
    ada.ask("revoke", id=3, device=number)
    ada.hears("done", id=3)
    phone.is_let_go("revoked")
    ada.ask("revoke", id=4, device=number)
    ada.hears("done", id=4)
    for _ in range(2):
        phone.greet()
        phone.put(phone.sign_in_request())
        phone.is_let_go("device_revoked")
        server.restart()
        ada.come()
    # Oneself
    ada.ask("revoke", id=5, device=ada.welcome["device"])
    ada.hears("done", id=5)
    ada.is_let_go("revoked")
    ada.greet()
    ada.put(ada.sign_in_request())
    ada.is_let_go("device_revoked")


if __name__ == "__main__":
    main(scenes)
