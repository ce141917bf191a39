#!/usr/bin/python3
"""Clear text is taken from this machine alone: who comes from elsewhere is told so.

The first needs network namespaces; where these cannot be had it is skipped.
"""

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


@scenes.scene
def who_calls_from_elsewhere_is_told_so(stage: Stage) -> None:
    hosts = TwoHosts()
    try:
        server = Duetd(stage, "--listen", "127.0.0.1:0", listen=f"{hosts.HERE}:8000")
        for words in ("", '{"type":"hello","version":1,"nonce":"' + "00" * 16 + '"}\n',
                      "/help\n", "GET / HTTP/1.1\r\n\r\n"):
            command = hosts.command_there("nc.openbsd", "-N", hosts.HERE, "8000")
            caller = stage.run("somebody elsewhere", command, PIPES)
            caller.send(words.encode())
            caller.end_input()
            caller.exits(0)
            if caller.text() != SENTENCE:
                raise Failed(f"after {words!r} was heard {caller.text()!r}")
    finally:
        hosts.close()


@scenes.scene
def every_address_of_loopback_and_unix_sockets_are_this_machine(stage: Stage) -> None:
    for endpoint in ("127.0.0.1:0", "127.9.8.7:0", "[::1]:0", f"unix:{stage.folder}/socket"):
        server = Duetd(stage, listen=endpoint)
        ada, _ = two_people(stage, server)
        ada.is_still_there()
        server.stop()
        (stage.folder / "data").rename(stage.folder / f"data {server.program.pid}")


if __name__ == "__main__":
    try:
        enter_own_network()
    except Skipped as reason:
        print(f"only what needs no network of its own is played: {reason}")
    main(scenes)
