#!/usr/bin/python3
"""How somebody comes to a server: by a link, and by a code that is spoken."""

import re
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.failure import Failed  # noqa: E402
from lib.program import CONSOLE, Means, Program  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()
LINK = re.compile(r"^duet://\S+/#[A-Za-z0-9_-]{43}\.[a-z2-7]{26}$", re.MULTILINE)
CODE = re.compile(r"^\d+-[a-z]{4,7}-[a-z]{4,7}$", re.MULTILINE)
WITHOUT_INPUT = Means("/dev/null", "pipe", "pipe")


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def expect(holds: bool, what: str) -> None:
    """A sentence that is true."""
    if not holds:
        raise Failed(f"this is not so: {what}")


class House:
    """A server with ada on it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.address = f"127.0.0.1:{free_port()}"
        self.data = stage.folder / "served"
        runtime = stage.folder / "run"
        runtime.mkdir(mode=0o700)
        self.home = {"XDG_DATA_HOME": str(stage.folder / "data"), "XDG_RUNTIME_DIR": str(runtime)}
        self.server = self.open()
        self.link = self.serve("invite").strip()
        self.done("ada", "join", self.link, "--handle", "ada")

    def open(self) -> Program:
        """Starts the server, and waits until it can be asked."""
        server = self.stage.run("server", [str(self.stage.programs / "duetd"), "--listen",
                                self.address, "--data", str(self.data)], WITHOUT_INPUT)
        server.sees(self.address)
        return server

    def opens_anew(self) -> None:
        """The server is stopped and started."""
        self.server.signal("SIGTERM")
        self.server.exits(0)
        self.server = self.open()

    def serve(self, *words: str) -> str:
        """A command of the server's owner, to its end; gives what it showed."""
        duetd = self.stage.run(words[0], [str(self.stage.programs / "duetd"), *words, "--data",
                               str(self.data)], WITHOUT_INPUT)
        duetd.exits(0)
        return duetd.text()

    def start(self, profile: str, *words: str, means: Means = WITHOUT_INPUT) -> Program:
        """A command of somebody's."""
        return self.stage.duet(profile, ["--profile", profile, *words], means, **self.home)

    def done(self, profile: str, *words: str, code: int = 0) -> str:
        """A command of somebody's, to its end; gives what it showed."""
        duet = self.start(profile, *words)
        duet.exits(code)
        return duet.text()

    def code(self) -> str:
        """A code that ada asks for."""
        found = CODE.findall(self.done("ada", "invite", "--code"))
        expect(len(found) == 1, "the code stands alone on standard output")
        return str(found[0])

    def types(self, handle: str, code: str) -> Program:
        """Somebody at a terminal, who types a code."""
        join = self.start(handle, "join", self.address, "--handle", handle, means=CONSOLE)
        join.sees("code")
        join.send(code.encode() + b"\n")
        return join


def another(code: str) -> str:
    """A code that is not this one: its words change places, or one is another."""
    name, one, other = code.split("-")
    return f"{name}-{other}-{one}" if one != other else f"{name}-{one}-acorn"


@scenes.scene
def a_link_brings_a_contact_once(stage: Stage) -> None:
    house = House(stage)
    expect(LINK.fullmatch(house.link) is not None, f"{house.link} is a link")
    link = house.done("ada", "invite").strip()
    expect(LINK.fullmatch(link) is not None, f"{link} is a link, alone on standard output")
    house.done("kim", "join", link, "--handle", "kim")
    house.done("kim", "say", "ada", "here I am")
    house.done("lee", "join", link, "--handle", "lee", code=1)


@scenes.scene
def a_link_to_somebody_else_shows_nobody_its_secret(stage: Stage) -> None:
    house = House(stage)
    link = house.done("ada", "invite").strip()
    place, _, rest = link.partition("#")
    digest, _, secret = rest.partition(".")
    forged = f"{place}#{'B' if digest[0] != 'B' else 'C'}{digest[1:]}.{secret}"
    house.done("kim", "join", forged, "--handle", "kim", code=1)
    house.done("lee", "join", link, "--handle", "lee")  # it is still good


@scenes.scene
def a_picture_is_shown_to_whoever_looks_at_a_terminal(stage: Stage) -> None:
    house = House(stage)
    invite = house.start("ada", "invite", means=CONSOLE)
    invite.exits(0)
    text = invite.text()
    expect("\u2588" in text and "duet://" in text, "there are both, a picture and a link")


@scenes.scene
def a_code_is_typed_and_is_nowhere_else(stage: Stage) -> None:
    house = House(stage)
    code = house.code()
    join = house.start("kim", "join", house.address, "--handle", "kim", means=CONSOLE)
    join.sees("code")
    join.send(code.replace("-", " ").upper().encode() + b"\n")
    seen = "".join((Path(f"/proc/{join.pid}/{what}").read_bytes().decode(errors="replace")
                    for what in ("cmdline", "environ") if Path(f"/proc/{join.pid}").exists()))
    join.sees("You are kim")
    join.exits(0)
    house.done("kim", "say", "ada", "here I am")
    words = [word for word in code.split("-") if not word.isdigit()]
    kept = b"".join(path.read_bytes() for path in (stage.folder / "data").rglob("*")
                    if path.is_file())
    for word in words:
        expect(word not in seen.lower(), "no process list has it")
        expect(word.encode() not in kept.lower(), "no file of theirs has it")
        expect(word not in house.server.text("err").lower(), "no log has it")
    house.done("lee", "join", house.address, code, "--handle", "lee", code=2)  # no argument either


@scenes.scene
def a_code_is_burnt_after_five_wrong_ones_restarts_included(stage: Stage) -> None:
    house = House(stage)
    code = house.code()
    for attempt in range(5):
        if attempt in (2, 4):
            house.opens_anew()
        join = house.types("kim", another(code))
        join.sees("wrong")
        join.exits(1)
    join = house.types("kim", code)
    join.sees("unknown")
    join.exits(1)


@scenes.scene
def half_a_code_is_asked_for_again_and_nobody_is_called(stage: Stage) -> None:
    house = House(stage)
    code = house.code()
    join = house.types("kim", code.split("-")[0])
    join.sees("not complete")
    join.sees("code")
    join.send(code.encode() + b"\n")
    join.sees("You are kim")
    join.exits(0)


if __name__ == "__main__":
    main(scenes)
