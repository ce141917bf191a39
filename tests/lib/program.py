"""Actors that are programs: a process with pipes, or on a pseudo-terminal as a person has it."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
from dataclasses import dataclass
from pathlib import Path

from .actor import Actor
from .failure import Failed
from .screen import Screen
from .streams import Sink, Source

COLUMNS, ROWS = 80, 24
ADDRESS = re.compile(r"(?:Server running|서버 실행)\s*:?\s+(\S+)[^\n]*\n")
KEYS = {
    "Enter": b"\r", "Ctrl-C": b"\x03", "Ctrl-D": b"\x04", "Ctrl-Z": b"\x1a", "Ctrl-A": b"\x01",
    "Ctrl-E": b"\x05", "Ctrl-U": b"\x15", "Ctrl-K": b"\x0b", "Ctrl-W": b"\x17", "Ctrl-L": b"\x0c",
    "Backspace": b"\x7f", "Tab": b"\t", "Up": b"\x1b[A", "Down": b"\x1b[B", "Right": b"\x1b[C",
    "Left": b"\x1b[D", "Home": b"\x1b[H", "End": b"\x1b[F", "Delete": b"\x1b[3~",
}


@dataclass(frozen=True)
class Means:
    """What a program's three streams are: `console`, `pipe`, `closed`, or a path that is opened."""

    stdin: str
    stdout: str
    stderr: str

    def has_console(self) -> bool:
        """Whether any of the three is the terminal."""
        return "console" in (self.stdin, self.stdout, self.stderr)


CONSOLE = Means("console", "console", "console")
PIPES = Means("pipe", "pipe", "pipe")
KEYBOARD = Means("console", "pipe", "pipe")
SCREEN = Means("pipe", "console", "console")


class Console:
    """A pseudo-terminal. Our copy of the program's side keeps its state to be looked at."""

    def __init__(self) -> None:
        self.master, self.slave = pty.openpty()
        self.resize(COLUMNS, ROWS)
        self.state = termios.tcgetattr(self.slave)

    def resize(self, columns: int, rows: int) -> None:
        """Gives the terminal another size; the kernel tells the program."""
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def is_as_it_was(self) -> bool:
        """Whether the terminal's modes are those of the beginning."""
        return termios.tcgetattr(self.slave) == self.state

    def flags(self) -> int:
        """The open file's flags, which everybody shares who has the terminal from us."""
        return fcntl.fcntl(self.slave, fcntl.F_GETFL)

    def let_go(self) -> None:
        """Without our copy, the master hears of the end when the program's copies are closed."""
        if self.slave >= 0:
            os.close(self.slave)
            self.slave = -1


class Program(Actor):
    """A process. Its output is one source on a console, else standard output and standard error."""

    def __init__(self, name: str, command: list[str], means: Means, folder: Path,
                 environment: dict[str, str]) -> None:
        super().__init__(name)
        self.command = command
        self.means = means
        self.console = Console() if means.has_console() else None
        self._ours: list[int] = []
        self._theirs: list[int] = []
        self.exit_code: int | None = None
        self.left_console_as_it_was = True
        self.process = self._start(folder, environment)
        for descriptor in self._theirs:
            os.close(descriptor)

    def _start(self, folder: Path, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
        stdin = self._input()
        stdout = self._output(self.means.stdout, "out")
        stderr = self._output(self.means.stderr, "err")
        if self.console:
            name = "out" if self.means.stdout == "console" else "terminal"
            self.sources.insert(0, Source(self.console.master, name))
        command = self._without_closed(self.command)
        with_terminal = self.means.stdin == "console"
        if with_terminal:
            command = ["setsid", "--ctty", *command]
        return subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=stderr, cwd=folder,
                                env=_environment(environment), start_new_session=not with_terminal)

    def _without_closed(self, command: list[str]) -> list[str]:
        ends = {"<&-": self.means.stdin, ">&-": self.means.stdout, "2>&-": self.means.stderr}
        closing = [each for each, means in ends.items() if means == "closed"]
        if not closing:
            return command
        return ["sh", "-c", f'exec "$@" {" ".join(closing)}', "sh", *command]

    def _input(self) -> int:
        if self.means.stdin == "console":
            assert self.console
            self.sink = Sink(self.console.master, lambda: None)
            return self.console.slave
        if self.means.stdin == "pipe":
            theirs, ours = os.pipe()
            self.sink = Sink(ours, lambda: os.close(ours))
            self._theirs.append(theirs)
            return theirs
        return self._opened(self.means.stdin, os.O_RDONLY)

    def _output(self, means: str, mark: str) -> int:
        if means == "console":
            assert self.console
            return self.console.slave
        if means == "pipe":
            ours, theirs = os.pipe()
            self.sources.append(Source(ours, mark))
            self._theirs.append(theirs)
            return theirs
        return self._opened(means, os.O_WRONLY | os.O_CREAT)

    def _opened(self, path: str, how: int) -> int:
        descriptor = os.open("/dev/null" if path == "closed" else path, how, 0o600)
        self._theirs.append(descriptor)
        return descriptor

    @property
    def pid(self) -> int:
        """The process; `setsid` and `sh` become the program, so this is the program's own."""
        return self.process.pid

    def describe(self) -> str:
        code = "still runs" if self.exit_code is None else f"exited {self.exit_code}"
        return f"{' '.join(self.command)} ({code})"

    # To be acted

    def say(self, text: str) -> None:
        """A line, as a person types it or a file has it."""
        self.send(text.encode() + (b"\r" if self.means.stdin == "console" else b"\n"))

    def press(self, key: str) -> None:
        """A key of a console."""
        self.send(KEYS[key])

    def end_input(self) -> None:
        if self.means.stdin == "console":
            self.press("Ctrl-D")
        else:
            super().end_input()

    def signal(self, name: str) -> None:
        """Sends a signal to this process."""
        self.record("in", f"({name})".encode())
        self.process.send_signal(signal.Signals[name])

    def stop_reading(self, source: str = "out") -> None:
        """Closes our end of an output pipe, as a reader that has left."""
        self.source(source).close()

    # To be asked for

    def has_exited(self) -> bool:
        """Whether the process is gone."""
        return self.process.poll() is not None

    def has_ended(self) -> bool:
        """Gone, and everything that it wrote is read."""
        if not self.has_exited():
            return False
        self._notice_exit()
        return super().has_ended()

    def _notice_exit(self) -> None:
        if self.exit_code is not None:
            return
        self.exit_code = self.process.returncode
        self.record("out", f"(exit {self.exit_code})".encode())
        if self.console:
            self.left_console_as_it_was = self.console.is_as_it_was()
            self.console.let_go()

    def exits(self, code: int) -> None:
        """Waits for the end of the process, and of its output."""
        self.wait(f"{self.name} exits", self.has_ended)
        if self.exit_code != code:
            raise Failed(f"{self.name} was to exit {code} and exited {self.exit_code}")
        if not self.left_console_as_it_was:
            raise Failed(f"{self.name} left its terminal in another state than it was")

    def waits_for_a_caller(self) -> None:
        """Waits until the last caller's socket is closed, so that the next one is not told busy."""
        self.wait(f"{self.name} waits for a caller",
                  lambda: listening_ports(self.pid) and not has_callers(self.pid),
                  self.has_exited)

    def wait_for_address(self) -> str:
        """The endpoint that `duet listen` says it listens at."""
        def said() -> re.Match[str] | None:
            return ADDRESS.search(self.text("err"))

        return str(self.wait(f"{self.name} says where it listens", said, self.has_ended)[1])

    def screen(self) -> Screen:
        """What the terminal shows now."""
        return Screen(COLUMNS, ROWS).feed(self.text("terminal"))

    def shows(self, row: str) -> None:
        """Waits until a row of the screen is exactly this."""
        self.wait(f"{self.name} shows the row {row!r}",
                  lambda: row.rstrip() in self.screen().rows(), self.has_ended)

    def stands_at(self, text: str) -> None:
        """Waits until the cursor's line, up to the cursor, is exactly this."""
        self.wait(f"{self.name} stands behind {text!r}",
                  lambda: self.screen().before_cursor() == text, self.has_ended)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.sink and self.means.stdin == "pipe":
            self.sink.close()
        if self.console:
            self.console.let_go()
        super().close()


def _environment(changes: dict[str, str]) -> dict[str, str]:
    """The test's own environment without its language, then what the play asks for."""
    ours = {key: value for key, value in os.environ.items()
            if not key.startswith("LC_") and key not in ("LANG", "LANGUAGE", "TMUX")}
    return ours | {"LANG": "C.UTF-8", "TERM": "xterm-256color"} | changes


def listening_ports(pid: int) -> list[int]:
    """TCP ports on which a process listens, from the kernel's tables."""
    return list(_listeners(pid).values())


def has_callers(pid: int) -> bool:
    """Whether a process that listens at a TCP port has any socket but the listening ones."""
    return len(_socket_inodes(pid)) > len(_listeners(pid))


def _listeners(pid: int) -> dict[str, int]:
    """A process's listening sockets, by inode, and their ports."""
    inodes = _socket_inodes(pid)
    ports = {}
    for table in ("tcp", "tcp6"):
        try:
            rows = Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            columns = row.split()
            if columns[3] == "0A" and columns[9] in inodes:
                ports[columns[9]] = int(columns[1].rpartition(":")[2], 16)
    return ports


def _socket_inodes(pid: int) -> set[str]:
    inodes = set()
    try:
        for entry in os.scandir(f"/proc/{pid}/fd"):
            target = os.readlink(entry.path)
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    except OSError:
        pass  # The process, or one of its descriptors, has just gone.
    return inodes


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def count_descriptors(pid: int) -> int:
    """Descriptors that a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))
