#!/usr/bin/python3
"""Programs that nobody here wrote talk through TLS, by the door of plain lines."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.device import two_people  # noqa: E402
from lib.duetd import Duetd  # noqa: E402
from lib.program import PIPES  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()


def talks(stage: Stage, words: list[str]) -> None:
    """Signs in with a code, says a line and hears one. The server's address is put for `ADDRESS`."""
    server = Duetd(stage, listen="127.0.0.1:0")
    ada, bob = two_people(stage, server, over_tls=True)
    ada.ask("link_device", plain=True)
    secret = ada.hears("linked")["secret"]
    host, port = server.address.split(":")
    command = [each.replace("ADDRESS", server.address).replace("HOST", host).replace("PORT", port)
               for each in words]
    program = stage.run(command[0], command, PIPES)
    program.say(f"/sign-in {secret}")
    program.sees("* welcome")
    program.say("/to bob")
    program.say("안녕, through TLS")
    bob.hears("entry", text="안녕, through TLS")
    program.sees("sent 1")
    bob.say("ada", "and back")
    program.sees("bob: and back")
    program.say("quit")


for name, line in (("openssl s_client", "openssl s_client -quiet -connect ADDRESS"),
                   ("ncat", "ncat --ssl HOST PORT"),
                   ("socat", "socat STDIO OPENSSL:ADDRESS,verify=0")):
    scenes.add(f"{name} talks through TLS",
               lambda stage, line=line: talks(stage, line.split()))  # type: ignore[misc]

if __name__ == "__main__":
    main(scenes)
