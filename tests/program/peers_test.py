#!/usr/bin/python3
"""Peers that nobody here wrote: netcat, ncat, socat and telnet, each with duet, both ways.

Every peer talks with `duet listen --plain`, and those that can listen with `duet call --plain`; in
each pair either side says `quit`, either side's input ends, and the peer is killed.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.failure import Failed  # noqa: E402
from lib.program import CONSOLE, PIPES, Program  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()


@dataclass(frozen=True)
class PeerKind:
    """A foreign program: how it calls and listens, and what it is able to do."""

    name: str
    calls: tuple[str, ...]
    listens: tuple[str, ...] = ()
    says: str = "안녕하세요 🙂👨‍👩‍👧"
    leaves: bool = False  # when the other side has closed


# Of these only telnet leaves when the other does; the others wait for the end of their own input.
# Without -N, netcat keeps its direction open even then.
NETCAT = PeerKind("netcat", ("nc.openbsd", "-N", "127.0.0.1", "{port}"),
                  ("nc.openbsd", "-N", "-l", "127.0.0.1", "0"))
NCAT = PeerKind("ncat", ("ncat", "127.0.0.1", "{port}"), ("ncat", "-l", "127.0.0.1", "0"))
SOCAT = PeerKind("socat", ("socat", "-t", "60", "STDIO", "TCP:127.0.0.1:{port}"),
                 ("socat", "-t", "60", "STDIO", "TCP-LISTEN:0,bind=127.0.0.1"))
# This telnet loses the byte 0x85 and takes 0x80 for an interrupt and 0x9d for its escape: of what
# it sends, no letter may have one of these. What it receives it shows as it is.
TELNET = PeerKind("telnet", ("telnet", "-E", "127.0.0.1", "{port}"), says="반갑습니다 🙂",
                  leaves=True)
KINDS = (NETCAT, NCAT, SOCAT, TELNET)


@dataclass
class Pair:
    """A peer and duet, in the middle of a talk."""

    stage: Stage
    kind: PeerKind
    peer: Program
    duet: Program
    duet_listens: bool

    @property
    def prefix(self) -> str:
        """What stands before the peer's lines on duet's console."""
        return "From Client : " if self.duet_listens else "From Server: "

    def expect_duets_end(self) -> None:
        """The words and the code of a talk that ended as it should."""
        self.duet.sees("Connection closed" if self.duet_listens else "Disconnected from server")
        self.duet.exits(0)

    def expect_peers_end(self) -> None:
        """The peer goes too; one that waits for its own input is given the end of it."""
        if not self.kind.leaves and not self.peer.has_exited():
            self.peer.end_input()
        self.stage.wait(f"{self.kind.name} exits", self.peer.has_ended)


def duet_listens(stage: Stage, kind: PeerKind) -> Pair:
    """The peer calls duet."""
    duet = stage.listen("duet", means=CONSOLE)
    port = stage.address_of(duet).rpartition(":")[2]
    peer = stage.run(kind.name, [each.format(port=port) for each in kind.calls], PIPES)
    duet.sees("Client connected")
    return Pair(stage, kind, peer, duet, True)


def duet_calls(stage: Stage, kind: PeerKind) -> Pair:
    """Duet calls the peer."""
    peer = stage.run(kind.name, list(kind.listens), PIPES)
    duet = stage.call("duet", f"127.0.0.1:{stage.port_of(peer)}", means=CONSOLE)
    duet.sees("Message >> ")
    return Pair(stage, kind, peer, duet, False)


def talk(pair: Pair) -> None:
    """Both ways, and not in turns."""
    pair.peer.say(pair.kind.says)
    pair.duet.sees(pair.prefix + pair.kind.says)
    pair.duet.say("안녕하세요, 반갑습니다 👋🏽 é")
    pair.peer.sees("안녕하세요, 반갑습니다 👋🏽 é\n")
    pair.duet.say("한글")
    pair.peer.sees("한글\n")
    pair.peer.say(pair.kind.says + " 2")
    pair.peer.say(pair.kind.says + " 3")
    pair.duet.sees(pair.prefix + pair.kind.says + " 2")
    pair.duet.sees(pair.prefix + pair.kind.says + " 3")


def quit_by_duet(pair: Pair) -> None:
    """The word reaches the peer as a line."""
    pair.duet.say("quit")
    pair.peer.sees("quit\n")
    pair.expect_duets_end()
    pair.expect_peers_end()


def quit_by_peer(pair: Pair) -> None:
    """Telnet sends \\r\\n behind it."""
    pair.peer.say("QuIt")
    pair.duet.sees(pair.prefix + "QuIt")
    pair.expect_duets_end()
    pair.expect_peers_end()


def end_of_duets_input(pair: Pair) -> None:
    """Ctrl-D; the word is not sent for it."""
    pair.duet.end_input()
    pair.expect_duets_end()
    pair.expect_peers_end()
    if "quit" in pair.peer.text():
        raise Failed("end of input sent the word quit")


def end_of_peers_input(pair: Pair) -> None:
    """A last line whose end never came is shown before the talk ends."""
    if pair.kind is not TELNET:
        pair.peer.send(b"last words")
    pair.peer.end_input()
    if pair.kind is not TELNET:
        pair.duet.sees(pair.prefix + "last words")
    pair.expect_duets_end()
    pair.expect_peers_end()


def peer_is_killed(pair: Pair) -> None:
    """The kernel says good-bye for it."""
    pair.peer.signal("SIGKILL")
    pair.expect_duets_end()


def add(kind: PeerKind, begin: Callable[[Stage, PeerKind], Pair],
        end: Callable[[Pair], None]) -> None:
    """One scene for each peer, each direction and each end."""
    def scene(stage: Stage) -> None:
        pair = begin(stage, kind)
        talk(pair)
        end(pair)

    names = (kind.name, begin.__name__.replace("_", " "), end.__name__.replace("_", " "))
    scenes.add(", ".join(names), scene)


for each_kind in KINDS:
    for each_begin in (duet_listens, duet_calls) if each_kind.listens else (duet_listens,):
        for each_end in (quit_by_duet, quit_by_peer, end_of_duets_input, end_of_peers_input,
                         peer_is_killed):
            add(each_kind, each_begin, each_end)


@scenes.scene
def telnet_on_a_console_talks_too(stage: Stage) -> None:
    duet = stage.listen("duet")
    port = stage.address_of(duet).rpartition(":")[2]
    telnet = stage.run("telnet", ["telnet", "127.0.0.1", port])
    telnet.sees("Escape character is")
    telnet.say(TELNET.says)
    duet.sees("From Client : " + TELNET.says)
    duet.say("안녕하세요")
    telnet.sees("안녕하세요\r\n")
    telnet.say("quit")
    duet.sees("From Client : quit")
    telnet.sees("Connection closed by foreign host")
    duet.exits(0)


@scenes.scene
def telnet_that_negotiates_is_told_that_this_is_no_text(stage: Stage) -> None:
    """A minus before the port makes it speak its protocol, whose bytes are no UTF-8."""
    duet = stage.listen("duet", means=PIPES)
    port = stage.address_of(duet).rpartition(":")[2]
    telnet = stage.run("telnet", ["telnet", "--", "127.0.0.1", f"-{port}"])
    telnet.say("hello")
    telnet.sees("duet: ")
    telnet.sees("Connection closed by foreign host")


@scenes.scene
def files_pass_through_netcat_both_ways(stage: Stage) -> None:
    """What a pipe of netcat holds is there in whole, however slowly it comes."""
    duet = stage.listen("duet", means=PIPES)
    port = stage.address_of(duet).rpartition(":")[2]
    netcat = stage.run("netcat", ["nc.openbsd", "-N", "127.0.0.1", port], PIPES)
    lines = b"".join(b"%d \xec\x95\x88\xeb\x85\x95\n" % number for number in range(100_000))
    netcat.send(lines)
    netcat.end_input()
    stage.wait("duet hears all of it", lambda: len(duet.source("out").data) >= len(lines),
               duet.has_ended)
    if bytes(duet.source("out").data) != lines:
        raise Failed("what came is not what was sent")
    duet.end_input()
    duet.exits(0)


if __name__ == "__main__":
    main(scenes)
