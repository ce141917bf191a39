"""A real `duetd` on a stage: started, stopped, killed and started again on one directory."""

import os
import re
import subprocess

from .failure import Failed
from .program import PIPES, Program
from .stage import PATIENCE_SECONDS, Stage

# A build that watches itself keeps what was freed; here not so much that its size says nothing.
ASAN_OPTIONS = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=8"
SERVING = re.compile(r"duetd: serving at (\S+?)(, every door in clear)?\n")


class Duetd:
    """A server. Its port is another one after each start, so ask for `address` each time.

    Unless `listen` names an endpoint, every door is open in clear: what is tested is said in bytes that
    can be read, and `duet` speaks TLS all the same. Devices may say as much at once as they like,
    unless it is `paced`.
    """

    def __init__(self, stage: Stage, *options: str, listen: str | None = None, paced: bool = False,
                 prefix: tuple[str, ...] = ()) -> None:
        self.stage = stage
        self.program_path = str(stage.programs / "duetd")
        self.data = str(stage.folder / "data")
        where = ("--clear", "127.0.0.1:0") if listen is None else ("--listen", listen)
        pace = () if paced else ("--limit", "pace_burst=0")
        self.command = [*prefix, self.program_path, "--data", self.data, *where, *pace, *options]
        self.starts = 0
        self.program: Program
        self.start()

    def start(self) -> None:
        """Starts it, and waits until it serves."""
        self.starts += 1
        self.program = self.stage.run(f"duetd {self.starts}", self.command, PIPES,
                                      ASAN_OPTIONS=ASAN_OPTIONS)
        self.stage.wait("duetd serves", self._said, self.program.has_ended)

    def _said(self) -> re.Match[str] | None:
        return SERVING.search(self.program.text("err"))

    @property
    def address(self) -> str:
        """Where it serves now."""
        said = self._said()
        assert said
        return said[1]

    def first_invitation(self) -> str:
        """What it prints when nobody is there yet."""
        return self.program.next_line().decode()

    def run(self, *words: str) -> str:
        """One of its other verbs, which must go well; gives the output."""
        done = subprocess.run([self.program_path, *words, "--data", self.data],
                              capture_output=True, text=True, timeout=PATIENCE_SECONDS,
                              check=False)
        if done.returncode != 0:
            raise Failed(f"duetd {' '.join(words)} exited {done.returncode}: {done.stderr}")
        return done.stdout

    def invite(self, *options: str) -> list[str]:
        """The secrets that `duetd invite` prints."""
        return self.run("invite", *options).split()

    def stop(self) -> None:
        """In order."""
        self.program.signal("SIGTERM")
        self.program.exits(0)

    def kill(self) -> None:
        """As the kernel does it when there is no memory."""
        self.program.signal("SIGKILL")
        self.program.exits(-9)

    def restart(self) -> None:
        """Killed, and back on the same directory."""
        self.kill()
        self.start()
