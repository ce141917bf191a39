"""A stranger's device: lines of JSON, in clear or over TLS, written from docs/protocol.md alone.

It keeps what a device must keep (key, epoch, cursor, last n, outbox), and holds the server to its
word in everything that it hears: a jump in the feed, a wrong proof or an unknown answer fails the
play. What it forgets when it is cut off is its connection, and nothing else.
"""

import json
import secrets
from typing import Any

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from .duetd import Duetd
from .failure import Failed
from .peer import Caller
from .stage import Stage
from .tls import TlsCaller

Json = dict[str, Any]
SIGNALS = ("presence", "typing", "mark")  # these may come between any two others
JSON_INTEGER_MAX = 2**53 - 1


class Device:
    """One installation of a person's."""

    def __init__(self, stage: Stage, server: Duetd, name: str, over_tls: bool = False) -> None:
        self.over_tls = over_tls
        self.stage = stage
        self.server = server
        self.name = name
        self.key = SigningKey.generate()
        # What it knows of the server
        self.pinned: str | None = None
        self.epoch: str | None = None
        # What it stores
        self.cursor: int | str = "end"
        self.last_n = 0
        self.outbox: dict[int, Json] = {}
        self.log: list[Json] = []  # all entries of the feed, in order
        self.welcome: Json = {}
        # The connection
        self.wire: Caller
        self.nonces = b""
        self.calls = 0

    @property
    def identity(self) -> str:
        """As the wire has it."""
        return bytes(self.key.verify_key).hex()

    # Coming and going

    def call(self) -> None:
        """A connection, and nothing more."""
        self.calls += 1
        calling = self.stage.connect_tls if self.over_tls else self.stage.connect
        self.wire = calling(f"{self.name} {self.calls}", self.server.address)

    def greet(self) -> None:
        """Calls, and both say hello; the server proves that it is the one we know."""
        self.call()
        nonce = secrets.token_bytes(16)
        self.ask("hello", version=1, nonce=nonce.hex())
        hello = self.hears("hello", version=1)
        self.nonces = nonce + bytes.fromhex(hello["nonce"])
        if self.pinned not in (None, hello["identity"]):
            raise Failed(f"{self.name} met another server than before")
        self.pinned = hello["identity"]
        signed = b"duet/1 server" + self._challenge()
        try:
            VerifyKey(bytes.fromhex(self.pinned)).verify(signed, bytes.fromhex(hello["proof"]))
        except BadSignatureError as error:
            raise Failed("the server's proof is wrong") from error

    def _challenge(self, bound: bool = True) -> bytes:
        assert self.pinned
        exporter = self.wire.exporter if bound and isinstance(self.wire, TlsCaller) else b""
        return self.nonces + bytes.fromhex(self.pinned) + exporter

    def proof(self, key: SigningKey | None = None, bound: bool = True) -> str:
        """For this connection, and bound to its TLS if it has some."""
        return (key or self.key).sign(b"duet/1 device" + self._challenge(bound)).signature.hex()

    def enrolment(self, secret: str, handle: str | None = None, **more: Any) -> Json:
        """The request, for this connection."""
        fields: Json = {"type": "enrol", "secret": secret, "identity": self.identity,
                        "proof": self.proof(), "device": self.name}
        if handle is not None:
            fields |= {"handle": handle, "name": handle.capitalize()}
        return fields | more

    def sign_in_request(self, **changes: Any) -> Json:
        """The request, for this connection."""
        fields: Json = {"type": "sign_in", "identity": self.identity, "proof": self.proof(),
                        "feed": self.cursor, "client": "a stranger's 1.0"}
        if self.epoch is not None:
            fields["epoch"] = self.epoch
        return fields | changes

    def enrol(self, secret: str, handle: str | None = None) -> Json:
        """Greets, and becomes a device of somebody's; gives the answer."""
        self.greet()
        self.put(self.enrolment(secret, handle, id=1))
        return self.hears("enrolled", id=1)

    def sign_in(self) -> None:
        """On a connection that was greeted; then says again what has no answer."""
        self.put(self.sign_in_request())
        self.welcome = self.hears("welcome")
        if self.cursor == "end":
            self.cursor = self.welcome["feed"]
        self.epoch = self.welcome["epoch"]
        self.last_n = max(self.last_n, self.welcome["last_n"])
        for n in sorted(self.outbox):
            self.put(self.outbox[n])

    def come(self) -> None:
        """All that a device does to be there."""
        self.greet()
        self.sign_in()

    def join(self, secret: str, handle: str | None = None) -> None:
        """Enrols and signs in, on one connection."""
        self.enrol(secret, handle)
        self.sign_in()

    def break_off(self) -> None:
        """The connection is gone, from one moment to the next."""
        self.wire.reset()

    # Speaking

    def put(self, request: Json) -> None:
        """One line."""
        self.wire.say(json.dumps(request, ensure_ascii=False))

    def ask(self, type_: str, **fields: Any) -> None:
        """One request."""
        self.put({"type": type_} | fields)

    def say(self, to: str, text: str) -> int:
        """A text: into the outbox, and out; gives its n."""
        self.last_n += 1
        self.outbox[self.last_n] = {"type": "say", "n": self.last_n, "to": to, "text": text}
        self.put(self.outbox[self.last_n])
        return self.last_n

    def tell(self, to: str, text: str) -> Json:
        """Says, and hears `said`, whatever comes before it."""
        n = self.say(to, text)
        while (event := self.event())["type"] not in ("said", "refused", "n_reused", "later"):
            pass
        if (event["type"], event["n"], event.get("with")) != ("said", n, to):
            raise Failed(f"{self.name} was to hear said {n} and heard {event}")
        return event

    def got(self) -> None:
        """Confirms all that is stored."""
        self.ask("got", feed=self.cursor)

    # Hearing

    def event(self) -> Json:
        """The next event, whichever it is, stored if it is to be."""
        line = self.wire.next_line()
        if not line or not line.startswith(b"{"):
            raise Failed(f"{self.name} heard no line of JSON: {line!r}")
        event: Json = json.loads(line)
        if not isinstance(event.get("type"), str):
            raise Failed(f"{self.name} heard what is no event: {line!r}")
        self._store(event)
        return event

    def _store(self, event: Json) -> None:
        kind = event["type"]
        own = self.outbox.get(event.get("n", 0)) if kind in ("said", "entry") else None
        if kind == "entry" and own and (own["to"], own["text"]) != (event["with"], event["text"]):
            raise Failed(f"{self.name} was told of another text under its own n: {event}")
        if "feed" in event and kind in ("entry", "said"):
            assert isinstance(self.cursor, int)
            if event["feed"] != self.cursor + 1:
                raise Failed(f"{self.name} has {self.cursor} and was told {event}")
            self.cursor += 1
            self.log.append(_entry(event, own))
        if kind in ("said", "refused", "entry"):
            self.outbox.pop(event.get("n", 0), None)

    def hears(self, type_: str, **fields: Any) -> Json:
        """Waits for an event with these fields. Signals that come before it are passed over."""
        while True:
            event = self.event()
            fits = event["type"] == type_ and all(
                event.get(key) == value for key, value in fields.items())
            if fits:
                return event
            is_note = event.get("kind") == "device_added"  # as the scribe likes
            if event["type"] not in SIGNALS and not is_note:
                raise Failed(f"{self.name} was to hear {type_} {fields} and heard {event}")

    def hears_up_to(self, feed: int) -> None:
        """Waits until it has its feed up to there, whatever comes beside."""
        assert isinstance(self.cursor, int)
        while self.cursor < feed:
            self.event()

    def is_let_go(self, reason: str) -> None:
        """Hears `bye`, and the end behind it."""
        bye = self.hears("bye", reason=reason)
        if not isinstance(bye.get("wait_ms"), int):
            raise Failed(f"a bye without wait_ms: {bye}")
        self.wire.hears_end()

    def is_still_there(self) -> None:
        """The server answers this connection, whatever comes before that."""
        self.ask("ping")
        while (event := self.event())["type"] != "pong":
            if event["type"] == "bye":
                raise Failed(f"{self.name} was let go: {event}")


def _entry(event: Json, own: Json | None) -> Json:
    """What stays of an entry, however it came; `said` stands for one's own."""
    if event["type"] == "said":
        assert own
        return {"with": event["with"], "seq": event["seq"], "text": own["text"]}
    return {key: event[key] for key in ("with", "seq", "text")}


def two_people(stage: Stage, server: Duetd, over_tls: bool = False) -> tuple[Device, Device]:
    """Ada and bob, who are contacts, with a device each, signed in."""
    first, second = server.invite("--pair")
    ada, bob = (Device(stage, server, name, over_tls) for name in ("ada", "bob"))
    ada.join(first, "ada")
    bob.join(second, "bob")
    return ada, bob


def further_device(of: Device, name: str) -> Device:
    """Another device of the same person, signed in. All contacts are told of it: that is an entry."""
    of.ask("link_device")
    device = Device(of.stage, of.server, name)
    device.greet()
    device.put(device.enrolment(of.hears("linked")["secret"], id=1))
    confirm(of, device)
    device.hears("waiting")
    device.hears("enrolled", id=1)
    of.hears("entry", kind="device_added")  # the contact of two_people is told, too
    device.sign_in()
    return device


def confirm(by: Device, device: Device) -> None:
    """Says yes to a device that waits."""
    asks = by.hears("device_asks", identity=device.identity)
    by.ask("confirm", ask=asks["ask"], yes=True)
    by.hears("done")
