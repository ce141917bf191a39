#!/usr/bin/python3
"""Peers that are gone without a word, frozen, or frozen and then killed: the sender is told.

The dropped packets need network namespaces and nftables; where these cannot be had, those scenes
are skipped.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.failure import Failed, Skipped  # noqa: E402
from lib.networks import TwoHosts, enter_own_network  # noqa: E402
from lib.program import PIPES, Program  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()
LINES_REPORTED_MAX = 100
# So much more than the kernel holds for a peer that does not read.
FLOOD_LINES = 60_000


def told_of(stage: Stage, program: Program, *words: str) -> float:
    """Waits until all words were said on standard error; gives how long that took."""
    begin = time.monotonic()
    said = program.source("err")
    at = said.seen
    stage.wait(f"{program.name} says {words}",
               lambda: all(each.encode() in said.data[at:] for each in words), program.has_ended)
    return time.monotonic() - begin


def listen_there(stage: Stage, hosts: TwoHosts) -> Program:
    """`duet listen` at the other host, open to this one."""
    command = hosts.command_there(str(stage.programs / "duet"), "listen", "--plain", ":8000")
    server = stage.run("server", command, PIPES)
    server.sees("Server running")
    return server


@scenes.scene
def lines_whose_packets_are_dropped_are_told_and_arrive_when_the_cable_is_mended(
        stage: Stage) -> None:
    hosts = TwoHosts()
    try:
        server = listen_there(stage, hosts)
        client = stage.call("client", f"{hosts.THERE}:8000", PIPES)
        client.say("first line")
        server.hears("first line")
        server.say("answer")
        client.hears("answer")
        hosts.cut_the_cable()
        client.say("이 말은 도착하지 않는다")
        client.say("nor does this")
        server.say("into the void")
        seconds = told_of(stage, client, "이 말은 도착하지 않는다", "nor does this")
        print(f"          the caller is told after {seconds:.1f} s (20 s are promised)")
        seconds += told_of(stage, server, "into the void")
        print(f"          the listener is told after {seconds:.1f} s (20 s are promised)")
        if "first line" in client.text("err") or "answer" in server.text("err"):
            raise Failed("a line that has arrived is told as one that has not")
        hosts.mend_the_cable()
        server.hears("이 말은 도착하지 않는다")
        server.hears("nor does this")
        client.hears("into the void")
        client.say("quit")
        server.hears("quit")
        server.exits(0)
        client.exits(0)
    finally:
        hosts.close()


@scenes.scene
def a_call_that_nobody_answers_says_so_and_can_be_given_up(stage: Stage) -> None:
    hosts = TwoHosts()
    try:
        hosts.cut_the_cable()
        client = stage.call("client", f"{hosts.THERE}:8000")
        client.sees(f"{hosts.THERE}:8000")
        client.press("Ctrl-C")
        client.exits(130)
    finally:
        hosts.close()


@scenes.scene
def ctrl_c_while_the_other_never_reads_ends_all_the_same_and_tells(stage: Stage) -> None:
    """The talk's end has a limit, and what nobody took is told."""
    host = stage.host("host")
    client = stage.call("client", host.address, PIPES)
    client.say("hello")
    host.hears("hello")
    host.stop_reading()
    client.send(flood())
    told_of(stage, client, "not reading")
    client.signal("SIGINT")
    stage.wait("client exits", client.has_ended)
    if client.exit_code not in (1, 130):
        raise Failed(f"client exited {client.exit_code}")
    if "line " not in client.text("err"):
        raise Failed("the lines that nobody took are not told")


def flood() -> bytes:
    """Lines that the kernel cannot hold all."""
    return b"".join(b"line %d %s\n" % (number, b"x" * 80) for number in range(FLOOD_LINES))


@scenes.scene
def a_frozen_peer_is_told_and_nothing_is_lost(stage: Stage) -> None:
    server = stage.listen("server", means=PIPES)
    client = stage.call("client", server, PIPES)
    client.say("hello")
    server.hears("hello")
    server.signal("SIGSTOP")
    lines = flood()
    client.send(lines)
    seconds = told_of(stage, client, "not reading")
    print(f"          told after {seconds:.1f} s")
    if client.has_exited():
        raise Failed("a closed window is never an end")
    server.signal("SIGCONT")
    for number in range(FLOOD_LINES):
        line = server.next_line()
        if not line.startswith(b"line %d " % number):
            raise Failed(f"line {number} was to come, and {line[:40]!r} came")
    client.say("quit")
    server.hears("quit")
    server.exits(0)
    client.exits(0)


@scenes.scene
def a_frozen_peer_that_is_killed_has_not_heard_the_last_lines(stage: Stage) -> None:
    server = stage.listen("server", means=PIPES)
    client = stage.call("client", server, PIPES)
    client.say("hello")
    server.hears("hello")
    server.say("hello to you")
    client.hears("hello to you")
    server.signal("SIGSTOP")
    # No more than a kernel holds for a process that does not read: netcat would exit 0 here.
    for number in range(25):
        client.say(f"unread {number}.")
    wait_until_sent(stage, client, 25)
    server.signal("SIGKILL")
    client.exits(1)
    said = client.text("err")
    if "Socket error" not in said:
        raise Failed(f"the reset is not told: {said!r}")
    for number in range(25):
        if f"unread {number}." not in said:
            raise Failed(f"line {number} was not read by anybody, and that is not told")


def wait_until_sent(stage: Stage, client: Program, count: int) -> None:
    """Waits until the client has handed its lines to its kernel, as the kernel's tables tell."""
    wanted = sum(len(f"unread {number}.\n") for number in range(count))

    def unread_bytes() -> int:
        rows = Path(f"/proc/{client.pid}/net/tcp").read_text().splitlines()[1:]
        queues = [row.split()[4].split(":") for row in rows]
        return max((int(queue[1], 16) for queue in queues), default=0)

    stage.wait(f"{wanted} bytes wait for the frozen one", lambda: unread_bytes() >= wanted)


@scenes.scene
def of_very_many_unread_lines_the_newest_hundred_are_told(stage: Stage) -> None:
    server = stage.listen("server", means=PIPES)
    client = stage.call("client", server, PIPES)
    client.say("hello")
    server.hears("hello")
    server.signal("SIGSTOP")
    client.send(b"".join(b"unread %d.\n" % number for number in range(300)))
    wait_until_sent(stage, client, 300)
    server.signal("SIGKILL")
    client.exits(1)
    told = [number for number in range(300) if f"unread {number}." in client.text("err")]
    if told != list(range(300 - LINES_REPORTED_MAX, 300)):
        raise Failed(f"the newest {LINES_REPORTED_MAX} of 300 lines were to be told, not {told}")


@scenes.scene
def a_peer_that_is_killed_before_it_read_what_came_before_quit_is_told(stage: Stage) -> None:
    """Quit does not hide that nobody was there to hear it."""
    server = stage.listen("server", means=PIPES)
    client = stage.call("client", server, PIPES)
    client.say("hello")
    server.hears("hello")
    server.signal("SIGSTOP")
    client.say("unread 0.")
    wait_until_sent(stage, client, 1)
    server.signal("SIGKILL")
    client.exits(1)


if __name__ == "__main__":
    try:
        enter_own_network()
    except Skipped as reason:
        print(f"only what needs no network of its own is played: {reason}")
    main(scenes)
