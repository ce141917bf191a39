#!/usr/bin/python3
"""The dialogues in docs/protocol.md are what a real server says, field for field.

A value in angle brackets is bound where it first stands, and is the same from there on; those that
are new each time are not compared.
"""

import json
import re
import secrets
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.device import Device, Json  # noqa: E402
from lib.duetd import Duetd  # noqa: E402
from lib.failure import Failed  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()
PAGE = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"
DIALOGUE = re.compile(r"^#### ([^\n]*)\n(?:(?!^####).)*?^```dialogue\n(.*?)^```\n", re.M | re.S)
WORD = re.compile(r"<(\w+)>")
NEW_EACH_TIME = ("nonce", "proof", "time")
LEFT_OUT = ("presence", "typing")


def template(line: str) -> Json:
    """A line of the page as JSON, in which each value in brackets is a text."""
    parsed: Json = json.loads(re.sub(r":(<\w+>)", r':"\1"', line))
    return parsed


class Play:
    """Ada's device, of which the page tells, and bob's, which does what happens besides."""

    def __init__(self, stage: Stage) -> None:
        self.server = Duetd(stage)
        self.bound: dict[str, Any] = {}
        self.bob = Device(stage, self.server, "bob")
        self.bob.join(self.server.first_invitation(), "bob")
        self.ada = Device(stage, self.server, "ada")
        self.bound["ada"] = self.ada.identity

    def line(self, line: str) -> None:
        """One line of a dialogue."""
        mark, _, rest = line.partition(" ")
        if mark == "*":
            self.happens(rest)
        elif mark == "C:":
            self.ada.put(self.filled(template(rest)))
        elif mark == "S:":
            self.compare(template(rest), self.heard())
        else:
            raise Failed(f"this is no line of a dialogue: {line}")

    def happens(self, what: str) -> None:
        """What happens besides; the sentence must be one of these."""
        says = re.fullmatch(r"bob (says|hears) (\".*\")", what)
        if says and says[1] == "says":
            self.bob.tell("ada", json.loads(says[2]))
        elif says:
            while not self.bob.log or self.bob.log[-1]["text"] != json.loads(says[2]):
                self.bob.event()
        elif what == "bob has invited ada":
            self.bob.ask("invite", id=1)
            self.bound["secret"] = self.bob.hears("linked", id=1)["secret"]
        elif what == "ada's device connects":
            self.ada.call()
        elif what == "bob's device confirms what it has":
            self.bob.is_still_there()  # and has heard all
            self.bob.got()
        elif what.startswith("ada's connection breaks"):
            self.ada.break_off()
        else:
            raise Failed(f"the play does not know how this happens: {what}")

    def filled(self, request: Json) -> Json:
        """The request with its true values."""
        for key, value in request.items():
            word = WORD.fullmatch(str(value))
            if word and word[1] == "nonce":
                self.ada.nonces = secrets.token_bytes(16)
                request[key] = self.ada.nonces.hex()
            elif word and word[1] == "proof":
                request[key] = self.ada.proof()
            elif word:
                request[key] = self.bound[word[1]]
        return request

    def heard(self) -> Json:
        """What the server says next to ada."""
        while True:
            event: Json = json.loads(self.ada.wire.next_line())
            if event["type"] == "hello":
                self.ada.nonces += bytes.fromhex(event["nonce"])
                self.ada.pinned = event["identity"]
            if event["type"] not in LEFT_OUT:
                return event

    def compare(self, wanted: Json, found: Json) -> None:
        """Every field, and their order, so that the page reads as the wire does."""
        if list(wanted) != list(found):
            raise Failed(f"the page has {wanted}\nand the server said {found}")
        for key, value in wanted.items():
            word = WORD.fullmatch(str(value))
            if word and word[1] in NEW_EACH_TIME:
                continue
            if word:
                value = self.bound.setdefault(word[1], found[key])
            if value != found[key]:
                raise Failed(f"{key}: the page has {wanted}\nand the server said {found}")

    def ends(self) -> None:
        """Behind the last line nothing comes by itself."""
        self.ada.ask("ping")
        if (event := self.heard())["type"] != "pong":
            raise Failed(f"the page says nothing of {event}")


@scenes.scene
def the_dialogues_are_what_the_server_says(stage: Stage) -> None:
    dialogues = DIALOGUE.findall(PAGE.read_text())
    if len(dialogues) != 3:
        raise Failed(f"the page has {len(dialogues)} dialogues")
    play = Play(stage)
    for name, lines in dialogues:
        print(f"          {name}")
        for line in lines.splitlines():
            play.line(line)
        play.ends()


@scenes.scene
def the_example_of_a_proof_is_right(stage: Stage) -> None:
    from nacl.signing import SigningKey  # pylint: disable=import-outside-toplevel

    del stage
    page = "".join(PAGE.read_text().split())
    device, server = (SigningKey(bytes(range(first, first + 32))) for first in (0, 32))
    nonces = bytes(range(0xA0, 0xC0))
    identity = bytes(server.verify_key)
    for key, word in ((device, b"device"), (server, b"server")):
        for value in (bytes(key.verify_key), b"duet/1 " + word,
                      key.sign(b"duet/1 " + word + nonces + identity).signature):
            if value.hex() not in page:
                raise Failed(f"the page's example has not {value.hex()}")


if __name__ == "__main__":
    main(scenes)
