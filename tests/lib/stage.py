"""The stage on which actors play: it moves all their bytes, and waits for what is to happen.

There is one thread. While something is waited for, everything that any actor has to read or write
is moved, so no actor can be stuck because another one is not looked at. Waiting is generous and
only ever fails by its end: no play depends on how fast the machine is.
"""

import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from .actor import Actor
from .failure import Failed
from .peer import Caller, Host
from .program import CONSOLE, Means, Program, listening_ports

Outcome = TypeVar("Outcome")
Someone = TypeVar("Someone", bound=Actor)
PATIENCE_SECONDS = float(os.environ.get("DUET_PATIENCE", "60"))
SANITIZER_WORDS = (b"ERROR: AddressSanitizer", b"ERROR: LeakSanitizer", b"runtime error: ",
                   b"WARNING: ThreadSanitizer", b"UndefinedBehaviorSanitizer")


class Stage:
    """All actors of one play, and a folder that is theirs alone."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        # Where a test is started in the background, SIGINT is ignored; our actors hear Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.actors: list[Actor] = []
        # Short, since a Unix socket's path has only 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="duet-play-"))

    # Casting

    def listen(self, name: str, endpoint: str = "127.0.0.1:0", means: Means = CONSOLE,
               options: tuple[str, ...] = (), **environment: str) -> Program:
        """`duet listen --plain ENDPOINT`; an empty endpoint is left out."""
        words = ["listen", "--plain", *options, *([endpoint] if endpoint else [])]
        return self.duet(name, words, means, **environment)

    def call(self, name: str, endpoint: "str | Actor", means: Means = CONSOLE,
             options: tuple[str, ...] = (), **environment: str) -> Program:
        """`duet call --plain ENDPOINT`; an actor stands for the address where it listens."""
        to = endpoint if isinstance(endpoint, str) else self.address_of(endpoint)
        words = ["call", "--plain", *options, *([to] if to else [])]
        return self.duet(name, words, means, **environment)

    def duet(self, name: str, words: list[str], means: Means = CONSOLE,
             **environment: str) -> Program:
        """The program `duet` with these words behind it."""
        return self.run(name, [str(self.programs / "duet"), *words], means, **environment)

    def run(self, name: str, command: list[str], means: Means = CONSOLE,
            **environment: str) -> Program:
        """Any program."""
        return self._cast(Program(name, command, means, self.folder, environment))

    def connect(self, name: str, to: "str | Actor") -> Caller:
        """A raw socket that calls."""
        return self._cast(Caller(name, to if isinstance(to, str) else self.address_of(to)))

    def connect_tls(self, name: str, to: str, alpn: bytes | None = b"duet/1") -> Caller:
        """The same with TLS over it."""
        from .tls import TlsCaller  # few need it

        return self._cast(TlsCaller(name, to, alpn))

    def host(self, name: str, endpoint: str = "127.0.0.1:0") -> Host:
        """A raw socket that listens, and takes one call."""
        return self._cast(Host(name, endpoint))

    def _cast(self, actor: Someone) -> Someone:
        actor.wait = self.wait
        self.actors.append(actor)
        return actor

    def address_of(self, actor: Actor) -> str:
        """Where an actor listens; waits until it does."""
        if isinstance(actor, Host):
            return actor.address
        assert isinstance(actor, Program)
        if Path(actor.command[0]).name == "duet":
            return actor.wait_for_address()
        return f"127.0.0.1:{self.port_of(actor)}"

    def port_of(self, program: Program) -> int:
        """The TCP port on which a program listens that does not say so."""
        ports = self.wait(f"{program.name} listens", lambda: listening_ports(program.pid),
                          lambda: program.has_exited())
        return ports[0]

    # Playing

    def wait(self, what: str, happened: Callable[[], Outcome],
             hopeless: Callable[[], bool] = lambda: False) -> Outcome:
        """Moves bytes until `happened` gives something true; fails when it cannot come any more."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            gives_up = hopeless()
            outcome = happened()
            if outcome:
                return outcome
            if gives_up:
                raise Failed(f"this can no longer happen: {what}")
            if time.monotonic() > deadline:
                raise Failed(f"this did not happen within {PATIENCE_SECONDS:g} s: {what}")
            self.pump()

    def pump(self, timeout_ms: int = 20) -> None:
        """Moves what can be moved now, or waits a moment for something to come."""
        poll = select.poll()
        masks: dict[int, int] = {}
        handlers: dict[int, list[Callable[[], None]]] = {}
        for actor in self.actors:
            for descriptor, events, handler in actor.watched():
                masks[descriptor] = masks.get(descriptor, 0) | events
                handlers.setdefault(descriptor, []).append(handler)
        for descriptor, mask in masks.items():
            poll.register(descriptor, mask)
        for descriptor, _ in poll.poll(timeout_ms):
            # Nothing here blocks, so a handler that was not meant does no harm.
            for handler in handlers[descriptor]:
                handler()
        for actor in self.actors:
            actor.check_bans()

    def settle(self) -> None:
        """Moves all that is under way right now."""
        for _ in range(3):
            self.pump(0)

    # The end

    def curtain(self) -> None:
        """The last look at a play that went well: nobody showed what was never to be seen."""
        self.settle()
        for actor in self.actors:
            actor.check_bans()

    def close(self) -> None:
        """Ends everybody who is still there, and removes the folder."""
        for actor in self.actors:
            actor.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def check_sanitizers(self) -> None:
        """A program that was built to watch itself must have found nothing."""
        for actor in self.actors:
            for source in actor.sources:
                for words in SANITIZER_WORDS:
                    if words in source.data:
                        raise Failed(f"{actor.name} reports {words.decode()!r}")

    def transcripts(self) -> str:
        """What every actor did, for the reader of a failure."""
        return "\n".join(actor.transcript() for actor in self.actors)
