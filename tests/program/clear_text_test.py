#!/usr/bin/python3
"""What is taken in clear, and from where; everything else comes over TLS.

The first ones need network namespaces; where these cannot be had they are skipped.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.device import two_people  # noqa: E402
from lib.duetd import Duetd  # noqa: E402
from lib.failure import Failed, Skipped  # noqa: E402
from lib.networks import TwoHosts, enter_own_network  # noqa: E402
from lib.program import PIPES  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()
SENTENCE = "Clear text is taken from this machine alone.\n"
HELLO = '{"type":"hello","version":1,"nonce":"' + "00" * 16 + '"}\n'


def say_there(stage: Stage, hosts: TwoHosts, words: str, *program: str) -> str:
    """What somebody on the other machine hears who says these words."""
    caller = stage.run("somebody elsewhere", hosts.command_there(*program), PIPES)
    caller.send(words.encode())
    caller.end_input()
    caller.exits(0)
    return caller.text()


@scenes.scene
def who_calls_from_elsewhere_in_clear_is_told_so(stage: Stage) -> None:
    hosts = TwoHosts()
    try:
        Duetd(stage, "--listen", "127.0.0.1:0", listen=f"{hosts.HERE}:8000")
        for words in (HELLO, "/help\n", "GET / HTTP/1.1\r\n\r\n", "?"):
            heard = say_there(stage, hosts, words, "nc.openbsd", "-N", hosts.HERE, "8000")
            if heard != SENTENCE:
                raise Failed(f"after {words!r} was heard {heard!r}")
    finally:
        hosts.close()


@scenes.scene
def who_calls_from_elsewhere_over_tls_is_served(stage: Stage) -> None:
    hosts = TwoHosts()
    try:
        Duetd(stage, listen=f"{hosts.HERE}:8000")
        ncat = hosts.command_there("ncat", "--ssl", hosts.HERE, "8000")
        caller = stage.run("somebody elsewhere", ncat, PIPES)
        caller.send(HELLO.encode())
        caller.sees('{"type":"hello"')
    finally:
        hosts.close()


@scenes.scene
def what_is_marked_clear_is_so_from_everywhere(stage: Stage) -> None:
    hosts = TwoHosts()
    try:
        server = Duetd(stage, "--clear", f"{hosts.HERE}:8000", listen="127.0.0.1:0")
        server.program.sees(f"serving at {hosts.HERE}:8000, every door in clear")
        heard = say_there(stage, hosts, HELLO, "nc.openbsd", "-N", hosts.HERE, "8000")
        if not heard.startswith('{"type":"hello"'):
            raise Failed(f"was heard {heard!r}")
    finally:
        hosts.close()


@scenes.scene
def on_this_machine_people_come_in_clear_and_devices_over_tls(stage: Stage) -> None:
    for endpoint in ("127.0.0.1:0", "127.9.8.7:0", "[::1]:0"):
        server = Duetd(stage, listen=endpoint)
        device = stage.connect("a device in clear", server.address)
        device.send(HELLO.encode())
        bye = json.loads(device.next_line())
        if (bye["type"], bye["reason"]) != ("bye", "not_encrypted"):
            raise Failed(f"a device in clear was told {bye}")
        device.hears_end()
        person = stage.connect("a person", server.address)
        person.say("/help")
        person.sees("/sign-in")
        browser = stage.connect("a browser", server.address)
        browser.send(b"GET / HTTP/1.1\r\n\r\n")
        browser.sees("HTTP/1.1 503 ")
        ada, bob = two_people(stage, server, over_tls=True)
        ada.say("bob", "nobody reads this on its way")
        if bob.event()["type"] != "entry":
            bob.hears("entry")
        server.stop()
        (stage.folder / "data").rename(stage.folder / f"data {server.program.pid}")


@scenes.scene
def over_a_unix_socket_devices_come_in_clear(stage: Stage) -> None:
    server = Duetd(stage, listen=f"unix:{stage.folder}/socket")
    if (stage.folder / "socket").stat().st_mode & 0o777 != 0o600:
        raise Failed("others may connect")
    ada, _ = two_people(stage, server)
    ada.is_still_there()
    server.stop()


if __name__ == "__main__":
    try:
        enter_own_network()
    except Skipped as reason:
        print(f"only what needs no network of its own is played: {reason}")
    main(scenes)
