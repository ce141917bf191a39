"""One who plays: a program, or a bare socket. What all of them can do and be asked for."""

import select
from collections.abc import Callable
from functools import partial
from typing import Any

from .failure import Failed
from .streams import Sink, Source

Watched = tuple[int, int, Callable[[], None]]
EVENTS_SHOWN = 60
EVENT_BYTES_KEPT = 800
ENTER = "\n"


class Event:
    """Bytes that went one way without a pause, of which only the beginning is kept."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.data = b""
        self.left_out_bytes = 0

    def add(self, data: bytes) -> None:
        """More of the same."""
        room = EVENT_BYTES_KEPT - len(self.data)
        self.data += data[:room]
        self.left_out_bytes += max(0, len(data) - room)

    def lines(self) -> list[str]:
        """The event as indented lines, with what is no plain text shown escaped."""
        shown = self.data.decode(errors="backslashreplace").split("\n")
        lines = [f"    {self.mark:>8} {_visible(line)}" for line in shown if line]
        if self.left_out_bytes:
            lines.append(f"             … {self.left_out_bytes} more bytes")
        return lines


class Actor:
    """Sources that are read, a sink that is written, and a record of both."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sources: list[Source] = []
        self.sink: Sink | None = None
        self.events: list[Event] = []
        self.bans: list[bytes] = []
        # The stage's own, lent to each actor on it.
        self.wait: Callable[..., Any] = _nobody_waits

    # For the stage

    def watched(self) -> list[Watched]:
        """Descriptors to be watched, for what, and what is to be done then."""
        watched: list[Watched] = []
        for source in self.sources:
            if not source.ended and not source.paused:
                watched.append((source.descriptor, select.POLLIN, partial(self._read, source)))
        if self.sink and self.sink.has_work():
            watched.append((self.sink.descriptor, select.POLLOUT, self.sink.write))
        return watched

    def _read(self, source: Source) -> None:
        piece = source.read()
        if piece:
            self.record(source.name, piece)
        elif source.ended:
            self.record(source.name, b"(reset)" if source.was_reset else b"(end)")

    def record(self, mark: str, data: bytes) -> None:
        """Remembers what happened, for the transcript; neighbours of one kind become one event."""
        if not self.events or self.events[-1].mark != mark:
            self.events.append(Event(mark))
        self.events[-1].add(data)

    def transcript(self) -> str:
        """All that this actor did and saw, as text."""
        lines = [f"--- {self.name}: {self.describe()}"]
        left_out = len(self.events) - EVENTS_SHOWN
        if left_out > 0:
            lines.append(f"    ({left_out} earlier events are left out)")
        for event in self.events[-EVENTS_SHOWN:]:
            lines += event.lines()
        return "\n".join(lines)

    def describe(self) -> str:
        """Who this is, in one line."""
        return type(self).__name__

    def close(self) -> None:
        """Lets go of everything."""
        for source in self.sources:
            source.close()

    # To be acted

    def say(self, text: str) -> None:
        """One line, with its end."""
        self.send(text.encode() + ENTER.encode())

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        if self.sink is None or self.sink.closed or self.sink.ending:
            raise Failed(f"{self.name} cannot send any more")
        self.record("in", data)
        self.sink.put(data)

    def end_input(self) -> None:
        """Nothing more will come from this actor."""
        self.record("in", b"(end)")
        assert self.sink
        self.sink.end()

    # To be asked for

    def has_ended(self) -> bool:
        """Whether nothing more can come."""
        return all(source.ended for source in self.sources)

    def sees(self, text: str) -> None:
        """Waits for `text`, anywhere behind what was seen before."""
        wanted = text.encode()
        self.wait(f"{self.name} sees {text!r}",
                  lambda: any(source.take(wanted) for source in self.sources), self.has_ended)

    def hears(self, text: str, source: str = "out") -> None:
        """Waits for the next line, which must be exactly `text`."""
        line = self.next_line(source)
        if line != text.encode():
            raise Failed(f"{self.name} was to hear {text!r} and heard {line!r}")

    def next_line(self, source: str = "out") -> bytes:
        """Waits for a line, and takes it."""
        from_ = self.source(source)
        lines: list[bytes] = []

        def came() -> bool:
            line = from_.take_line()
            if line is not None:
                lines.append(line)
            return line is not None

        self.wait(f"{self.name} hears a line", came, lambda: from_.ended)
        return lines[0]

    def hears_end(self, source: str = "out") -> None:
        """Waits for the end, before which nothing more may come."""
        from_ = self.source(source)
        self.wait(f"{self.name} hears the end", lambda: from_.ended)
        rest = bytes(from_.data[from_.seen:])
        if rest:
            raise Failed(f"{self.name} was to hear the end and heard {rest[:500]!r} before it")

    def never_sees(self, text: str) -> None:
        """From the beginning to the end of the play this must not be among the bytes."""
        self.bans.append(text.encode())
        self.check_bans()

    def check_bans(self) -> None:
        """Fails if something was seen that was never to be."""
        for ban in self.bans:
            for source in self.sources:
                if ban in source.data:
                    raise Failed(f"{self.name} saw {ban!r}")

    def source(self, name: str) -> Source:
        """The source of this name; where an actor has only one, it stands for all."""
        for source in self.sources:
            if source.name == name:
                return source
        return self.sources[0]

    def text(self, source: str = "out") -> str:
        """All that came, as text."""
        return self.source(source).data.decode(errors="replace")


def _nobody_waits(*_: Any) -> Any:
    raise Failed("an actor that is on no stage cannot wait")


def _visible(line: str) -> str:
    return "".join(each if each.isprintable() or each == "\u200d" else
                   f"\\x{ord(each):02x}" if each < "\x80" else f"\\u{ord(each):04x}"
                   for each in line)
