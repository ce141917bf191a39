#!/usr/bin/python3
"""Strangers: who is heard, who waits, who is sent away, and that nobody is locked out by others."""

import socket
import ssl
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.device import Device, two_people  # noqa: E402
from lib.duetd import Duetd  # noqa: E402
from lib.failure import Failed  # noqa: E402
from lib.proxied import FarDevice, header, stranger  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import PATIENCE_SECONDS, Stage  # noqa: E402

scenes = Scenes()
FEW = ("--limit", "strangers_source_max=4", "--limit", "waiting_source_max=8")
HERE = ("--trusted-proxies", "127.0.0.1")


def must(holds: bool, words: object) -> None:
    """Fails the scene."""
    if not holds:
        raise Failed(f"this should not be: {words}")


def memory(server: Duetd) -> int:
    """What a server holds in memory, in kilobytes."""
    for line in Path(f"/proc/{server.program.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise Failed("the system does not tell")


def far_people(stage: Stage, server: Duetd, where: str, elsewhere: str) -> tuple[FarDevice, FarDevice]:
    """Ada and bob, each at an address."""
    first, second = server.invite("--pair")
    ada = FarDevice(stage, server, "ada", where)
    bob = FarDevice(stage, server, "bob", elsewhere)
    ada.join(first, "ada")
    bob.join(second, "bob")
    return ada, bob


# Through a proxy


@scenes.scene
def people_talk_through_a_proxy(stage: Stage) -> None:
    server = Duetd(stage, *HERE, "--verbose")
    ada, bob = far_people(stage, server, "192.0.2.1", "2001:db8::1")
    ada.tell("bob", "from far away")
    bob.hears_up_to(int(bob.cursor) + 1)
    bob.wire.leave()
    stage.wait("the log has their address",
               lambda: "connection with [2001:db8::1]:50000 closed" in server.program.text("err"))


@scenes.scene
def tls_is_passed_on_by_a_proxy(stage: Stage) -> None:
    server = Duetd(stage, *HERE, listen="127.0.0.1:0")
    host, port = server.address.split(":")
    trust_anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust_anybody.check_hostname, trust_anybody.verify_mode = False, ssl.CERT_NONE
    for pause_seconds in (0, 0.2):  # header and handshake in one piece, perhaps, and in two
        with socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS) as caller:
            caller.sendall(header("192.0.2.1"))
            time.sleep(pause_seconds)
            with trust_anybody.wrap_socket(caller) as inside:
                inside.sendall(b"what is this?\n")
                must(inside.recv(100).startswith(b"This is duetd"), "another answer")
    clear = stranger(stage, server, "in clear", "192.0.2.1")
    clear.send(b'{"type":"hello"}\n')
    must(b"Clear text is taken from this machine alone" in clear.next_line(), "it was taken")


@scenes.scene
def a_proxy_that_does_not_say_who_calls_is_let_go(stage: Stage) -> None:
    server = Duetd(stage, *HERE)
    caller = stage.connect("nobody", server.address)
    caller.send(b'{"type":"hello"')
    caller.hears_end()
    stage.wait("it is told", lambda: "says no PROXY header" in server.program.text("err"))


@scenes.scene
def a_proxys_word_from_anybody_else_is_refused(stage: Stage) -> None:
    server = Duetd(stage)
    ada, _ = two_people(stage, server)
    caller = stage.connect("liar", server.address)
    caller.send(header("192.0.2.1") + b'{"type":"hello","version":1}\n')
    must(b"This is duetd" in caller.next_line(), "it was believed")
    caller.hears_end()
    ada.is_still_there()


# Abuse


@scenes.scene
def a1_a_line_without_end_takes_no_memory(stage: Stage) -> None:
    server = Duetd(stage)
    ada, _ = two_people(stage, server)
    before = memory(server)
    for number in range(20):
        caller = stage.connect(f"long {number}", server.address)
        caller.send(b'{"type":"' + b"x" * 65536)
        must(b'"line_too_long"' in caller.next_line(), "another answer")
        caller.hears_end()
    must(memory(server) - before < 4096, (before, memory(server)))
    ada.is_still_there()


@scenes.scene
def a2_who_sends_a_byte_now_and_then_is_let_go_when_the_time_is_over(stage: Stage) -> None:
    server = Duetd(stage)
    slow = [stage.connect(f"slow {number}", server.address) for number in range(50)]
    for caller in slow:
        caller.send(b"{")
    deadline = time.monotonic() + 60
    rest = list(slow)
    while rest and time.monotonic() < deadline:
        for caller in rest:
            caller.send(b" ")
        for _ in range(20):
            stage.pump(50)
        rest = [caller for caller in rest if not caller.source("out").ended]
    must(not rest, f"{len(rest)} are still there")
    must(all(b"signed_in_too_late" in caller.source("out").data for caller in slow), "another reason")


@scenes.scene
def a3_silent_connections_keep_nobody_out(stage: Stage) -> None:
    server = Duetd(stage, *HERE, *FEW)
    ada, bob = far_people(stage, server, "192.0.2.1", "192.0.2.2")
    ada.wire.leave()
    silent = [stranger(stage, server, f"silent {number}", "192.0.2.1") for number in range(11)]
    bob.is_still_there()
    kim = FarDevice(stage, server, "kim", "192.0.2.3")
    kim.greet()  # elsewhere nobody waits
    ada.come()  # and at that address it is a matter of turns
    more = [stranger(stage, server, f"more {number}", "192.0.2.1") for number in range(14)]
    stage.wait("whoever is too many is sent away",
               lambda: any(caller.source("out").ended for caller in more))
    ada.is_still_there()
    must(ada.tell("bob", "I am in")["seq"] == 1, "not said")
    must(all(caller.socket for caller in silent), "they have gone")


@scenes.scene
def a18_who_guesses_slows_down_nobody_who_knows(stage: Stage) -> None:
    server = Duetd(stage, *HERE)
    ada, bob = far_people(stage, server, "192.0.2.1", "192.0.2.2")
    invitation = server.invite()[0]
    for number in range(60):
        guesser = FarDevice(stage, server, f"guesser {number}", f"192.0.2.{1 + number % 3}")
        guesser.greet()
        for _ in range(3):
            guesser.put(guesser.enrolment("a" * 26, "kim"))
            guesser.hears("refused", error="secret_unknown")
        guesser.wire.reset()
    must(ada.tell("bob", "undisturbed")["seq"] == 1, "not said")
    bob.hears_up_to(int(bob.cursor) + 1)
    ada.break_off()
    ada.come()  # from an address that has much to bear
    kim = FarDevice(stage, server, "kim", "192.0.2.1")
    kim.join(invitation, "kim")


@scenes.scene
def a20_a_secret_that_is_too_long_costs_nothing_and_a_crowd_is_answered(stage: Stage) -> None:
    server = Duetd(stage)
    ada, _ = two_people(stage, server)
    before = memory(server)
    long = Device(stage, server, "long")
    long.greet()
    long.put(long.enrolment("a" * 1024 * 1024, "kim"))
    long.is_let_go("line_too_long")
    crowd = [Device(stage, server, f"one of many {number}") for number in range(100)]
    for one in crowd:
        one.greet()
    for one in crowd:
        one.put(one.enrolment("a" * 26, "kim"))
    ada.is_still_there()
    for one in crowd:
        one.hears("refused", error="secret_unknown")
    must(memory(server) - before < 8192, (before, memory(server)))


if __name__ == "__main__":
    main(scenes)
