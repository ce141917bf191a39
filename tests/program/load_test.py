#!/usr/bin/python3
"""Very many callers: none of them leaves anything behind, and none disturbs a talk."""

import errno
import resource
import select
import socket
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.failure import Failed, Skipped  # noqa: E402
from lib.peer import parse  # noqa: E402
from lib.program import PIPES, Program, count_descriptors  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()
CONNECTS = 10_000
CALLERS = 5_000
BATCH = 250
RESET = struct.pack("ii", 1, 0)


def open_call(address: tuple[str, int] | str) -> socket.socket:
    """A call that is on its way when this returns."""
    caller = socket.socket()
    caller.setblocking(False)
    code = caller.connect_ex(address)
    if code not in (0, errno.EINPROGRESS):
        raise Failed(f"a call could not be made: {errno.errorcode[code]}")
    return caller


def settled(stage: Stage, program: Program, wanted: int) -> None:
    """Waits until the program has as many descriptors as before."""
    stage.wait(f"{program.name} has {wanted} descriptors again, not more",
               lambda: count_descriptors(program.pid) <= wanted, program.has_exited)


@scenes.scene
def ten_thousand_connects_and_closes_leak_no_descriptor(stage: Stage) -> None:
    server = stage.listen("server", means=PIPES)
    address = stage.address_of(server)
    port = int(address.rpartition(":")[2])
    before = count_descriptors(server.pid)
    for number in range(CONNECTS):
        caller = socket.create_connection(("127.0.0.1", port), timeout=60)
        # Every second one leaves the hard way; some of these have said half a line before. (Before
        # a good end half a line would be the last one, and a talk.)
        if number % 6 == 0:
            caller.send(b"half a line")
        if number % 2 == 0:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        caller.close()
        if number % BATCH == 0:
            stage.pump(0)
    settled(stage, server, before)
    server.waits_for_a_caller()
    # And it is still there for the one who means it.
    client = stage.connect("client", address)
    client.send(b"here I am\n")
    server.hears("here I am")
    client.send(b"quit\n")
    server.exits(0)


@scenes.scene
def five_thousand_callers_at_once_hear_busy_while_a_talk_goes_on(stage: Stage) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < CALLERS + 500:
        raise Skipped(f"only {hard} descriptors may be open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, CALLERS + 500), hard))
    server = stage.listen("server", means=PIPES)
    client = stage.call("client", server, PIPES)
    client.say("before")
    server.hears("before")
    before = count_descriptors(server.pid)

    crowd = Crowd(stage, server, client)
    try:
        crowd.call()
        crowd.listen()
    finally:
        crowd.close()

    talk(server, client, 1_000_000)
    settled(stage, server, before)
    client.say("quit")
    server.hears("quit")
    server.exits(0)
    client.exits(0)


def talk(server: Program, client: Program, number: int) -> None:
    """A line there and a line back."""
    client.say(f"ping {number}")
    server.hears(f"ping {number}")
    server.say(f"pong {number}")
    client.hears(f"pong {number}")


class Crowd:
    """All those callers, of whom none hangs up before it is told to."""

    def __init__(self, stage: Stage, server: Program, client: Program) -> None:
        self.stage = stage
        self.server = server
        self.client = client
        self.where = parse(stage.address_of(server))[1]
        self.callers: list[socket.socket] = []
        self.heard: dict[int, bytes] = {}

    def call(self) -> None:
        """All call; between the batches the talk goes on."""
        for number in range(CALLERS):
            self.callers.append(open_call(self.where))
            if number % BATCH == 0:
                talk(self.server, self.client, number)

    def listen(self) -> None:
        """Waits until each has heard something and then the end."""
        waiting = {caller.fileno(): caller for caller in self.callers}
        poll = select.poll()
        for descriptor in waiting:
            poll.register(descriptor, select.POLLIN)

        def all_have_heard() -> bool:
            for descriptor, _ in poll.poll(0):
                if self._has_ended(waiting[descriptor]):
                    poll.unregister(descriptor)
                    del waiting[descriptor]
            return not waiting

        self.stage.wait(f"{CALLERS} callers hear `busy` and the end", all_have_heard,
                        self.server.has_exited)
        others = [heard for heard in self.heard.values() if heard.strip() != b"busy"]
        if others:
            raise Failed(f"{len(others)} of {CALLERS} did not hear `busy` but {others[0]!r}")

    def _has_ended(self, caller: socket.socket) -> bool:
        try:
            piece = caller.recv(4096)
        except BlockingIOError:
            return False
        except OSError as error:
            piece = b""
            self.heard[caller.fileno()] = f"(error {error})".encode()
        self.heard[caller.fileno()] = self.heard.get(caller.fileno(), b"") + piece
        return not piece

    def close(self) -> None:
        """All hang up."""
        for caller in self.callers:
            caller.close()


if __name__ == "__main__":
    main(scenes)
