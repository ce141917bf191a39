#!/usr/bin/python3
"""A reader that has left is an error that is told, and never a signal that kills."""

import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.failure import Failed  # noqa: E402
from lib.program import PIPES, Program  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()


def expect_sigpipe_ignored(program: Program) -> None:
    """Looks into the kernel's own record of the process."""
    status = Path(f"/proc/{program.pid}/status").read_text()
    ignored = next(line.split()[1] for line in status.splitlines() if line.startswith("SigIgn:"))
    if not int(ignored, 16) & 1 << (signal.SIGPIPE - 1):
        raise Failed(f"{program.name} does not ignore SIGPIPE")


@scenes.scene
def sigpipe_is_ignored_by_who_listens_and_by_who_calls(stage: Stage) -> None:
    server = stage.listen("server", means=PIPES)
    client = stage.call("client", server, PIPES)
    client.say("hello")
    server.hears("hello")
    expect_sigpipe_ignored(server)
    expect_sigpipe_ignored(client)
    client.say("quit")
    server.exits(0)
    client.exits(0)


@scenes.scene
def standard_output_without_a_reader_is_told_and_ends_the_talk(stage: Stage) -> None:
    server = stage.listen("server", means=PIPES)
    client = stage.connect("client", server)
    client.send(b"seen\n")
    server.hears("seen")
    server.stop_reading("out")
    client.send(b"not seen by anybody\n")
    server.exits(1)
    if not server.text("err").strip():
        raise Failed("nothing was said on standard error")
    # What could not be handed over is told with its text.
    server.source("err").seen = 0
    server.sees("not seen by anybody")


@scenes.scene
def standard_error_without_a_reader_is_no_reason_to_die_of_a_signal(stage: Stage) -> None:
    server = stage.listen("server", means=PIPES)
    stage.address_of(server)
    address = stage.address_of(server)
    server.stop_reading("err")
    client = stage.connect("client", address)
    client.send(b"hello\n")
    server.hears("hello")
    client.send(b"quit\n")
    server.hears("quit")
    stage.wait("server exits", server.has_exited)
    if server.process.returncode < 0:
        raise Failed(f"server died of signal {-server.process.returncode}")


@scenes.scene
def a_socket_whose_reader_has_reset_is_a_sentence(stage: Stage) -> None:
    server = stage.host("server")
    client = stage.call("client", server, PIPES)
    client.say("hello")
    server.hears("hello")
    server.reset()
    client.say("is anybody there?")
    client.sees("Socket error")
    client.exits(1)


if __name__ == "__main__":
    main(scenes)
