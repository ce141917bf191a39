#!/usr/bin/python3
"""Plays one story against the real programs.

A story is a small play, one act to a line: who, does what.

    server   listens on a console
    client   calls    server on a console        # `#` opens a comment
    server   sees     "Client connected"
    client   types    "안녕하세요"
    server   sees     "From Client : 안녕하세요"
    client   types    "QUIT"
    server   exits    0

In "text", \\n \\r \\t \\e \\\\ \\" \\xNN (a byte) and \\uNNNN mean what they usually do; {name} is
where an actor listens, {name.port} its port, {folder} a folder of this play's own.

Who comes on (behind each may stand the clauses that follow)
    listens                    duet listen --plain 127.0.0.1:0
    calls NAME-or-"ENDPOINT"   duet call --plain, to an actor or to an endpoint
    runs WORDS                 any program; `duet` is the one under test
    connects NAME              a bare socket that calls an actor
    hosts ["ENDPOINT"]         a bare socket that listens and takes one call
        on a console | pipes | a keyboard | a screen
                               a terminal for all; pipes for all; a terminal for input only (the
                               outputs are pipes); a terminal for the outputs only
        reading nothing        /dev/null as standard input
        at "ENDPOINT"          listens there; at the default: no endpoint is given at all
        with WORDS             options
        where NAME=VALUE ...   the environment; the locale is C.UTF-8 unless this says otherwise

What they do
    types "LINE"               the line and Enter (on pipes and sockets: and \\n)
    half-types "TEXT"          without Enter
    presses KEY ...            Enter, Ctrl-C, Ctrl-D, Up, Backspace, ...
    sends "BYTES"              as they are
    pours N MiB                so many bytes of lines, made up but always the same for this name
    ends input                 closes its direction (on a console: Ctrl-D)
    resets, leaves             closes the socket, with a reset or in good order
    is sent SIGNAL             SIGTERM, SIGKILL, SIGSTOP, ...

What must come (each waits for it; nothing here depends on time)
    sees "TEXT"                somewhere behind what was seen before
    hears "LINE"               the next line of its output or socket is exactly this
    hears end                  nothing more came, and the other side has ended
    hears all of NAME          everything that NAME poured, byte for byte
    warns "TEXT"               on standard error (on a console: on the terminal)
    shows "ROW"                a row of the terminal's screen is exactly this
    stands at "TEXT"           so does the cursor's line, up to the cursor
    never sees "TEXT"          from the beginning to the end of the play
    waits for a caller         the last one's socket is closed (TCP only)
    exits CODE                 and leaves its terminal as it was

The play's first line may be `stage has a network of its own`: then fixed ports are free.
"""

import argparse
import hashlib
import random
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lib.actor import Actor
from lib.failure import Failed, Skipped
from lib.networks import enter_own_network
from lib.peer import Host, Peer
from lib.program import CONSOLE, KEYBOARD, PIPES, SCREEN, Means, Program
from lib.runner import SKIPPED_CODE, play_safely
from lib.stage import Stage

TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"#]\S*))')
ESCAPE = re.compile(r'\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)')
SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "e": "\x1b", "\\": "\\", '"': '"'}
MEANS = {"console": CONSOLE, "pipes": PIPES, "keyboard": KEYBOARD, "screen": SCREEN}
CLAUSES = ("on", "at", "with", "where", "reading")
MIB = 1024 * 1024


@dataclass
class Step:
    """One line of a story."""

    number: int
    text: str
    actor: str
    words: list[str]


def read_story(path: Path) -> list[Step]:
    """The story's steps; a line that is no step is a mistake in the story."""
    steps = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        words = tokens(line)
        if len(words) == 1:
            raise Failed(f"{path}:{number}: what does {words[0]} do?")
        if words:
            steps.append(Step(number, line.strip(), words[0], words[1:]))
    return steps


def tokens(line: str) -> list[str]:
    """The words and "texts" of a line. A text may hold bytes that are no UTF-8."""
    words = []
    at = 0
    while match := TOKEN.match(line, at):
        quoted, plain = match.groups()
        words.append(unescaped(quoted) if plain is None else plain)
        at = match.end()
    if line[at:].strip() and not line[at:].lstrip().startswith("#"):
        raise Failed(f"what is this: {line[at:].strip()}")
    return words


def unescaped(text: str) -> str:
    """A text with its escapes resolved; a byte of \\x80 and above becomes a lone surrogate."""
    def resolved(match: re.Match[str]) -> str:
        escape = match[1]
        if escape[0] == "x" and len(escape) == 3:
            return bytes.fromhex(escape[1:]).decode(errors="surrogateescape")
        if escape[0] == "u" and len(escape) == 5:
            return chr(int(escape[1:], 16))
        return SIMPLE_ESCAPES[escape]

    return ESCAPE.sub(resolved, text)


def made_up_lines(name: str, size: int) -> bytes:
    """Lines of all lengths and several scripts, always the same for one name."""
    dice = random.Random(name)
    pieces = ["hello ", "안녕하세요 ", "🙂👨‍👩‍👧 ", "naïve ", "한 ", "0123456789 ", "\t"]
    made = bytearray()
    while len(made) < size:
        # None is as long as a line may be, and none is the word that ends a talk.
        count = dice.choice((0, 1, 5, 40, 400))
        made += "".join(dice.choices(pieces, k=count)).encode() + b"\n"
    return bytes(made)


class Play:
    """The story's actors, and what each verb means."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.actors: dict[str, Actor] = {}
        self.poured: dict[str, bytes] = {}
        self.now: Step | None = None
        # The longer verb goes first, so that one may begin with another.
        verbs = {
            "has a network of its own": self.nothing, "listens": self.listens,
            "calls": self.calls, "runs": self.runs, "connects": self.connects,
            "hosts": self.hosts, "types": self.types, "half-types": self.sends,
            "presses": self.presses, "sends": self.sends, "pours": self.pours,
            "ends input": self.ends_input, "resets": self.resets, "leaves": self.leaves,
            "is sent": self.is_sent, "sees": self.sees, "hears all of": self.hears_all,
            "hears end": self.hears_end, "hears": self.hears, "warns": self.warns,
            "shows": self.shows, "stands at": self.stands_at, "never sees": self.never_sees,
            "exits": self.exits, "waits for a caller": self.waits_for_a_caller,
        }
        self.verbs = sorted(verbs.items(), key=lambda each: -len(each[0].split()))

    def play(self, steps: list[Step]) -> None:
        """Everything, in order."""
        for step in steps:
            self.now = step
            verb, rest = self.verb_of(step)
            verb(step.actor, [self.filled_in(word) for word in rest])

    def verb_of(self, step: Step) -> tuple[Callable[[str, list[str]], None], list[str]]:
        """What a step does, and the words behind its verb."""
        for words, verb in self.verbs:
            count = len(words.split())
            if step.words[:count] == words.split():
                return verb, step.words[count:]
        raise Failed(f"nobody here knows how one {step.words[0]}")

    def filled_in(self, word: str) -> str:
        """A word with {folder}, {name} and {name.port} replaced."""
        def value(match: re.Match[str]) -> str:
            if match[1] == "folder":
                return str(self.stage.folder)
            address = self.stage.address_of(self.actor(match[1]))
            return address.rpartition(":")[2] if match[2] else address

        return re.sub(r"\{(\w+)(\.port)?\}", value, word)

    def actor(self, name: str) -> Actor:
        """Who is on the stage under this name."""
        if name not in self.actors:
            raise Failed(f"{name} has not come on yet")
        return self.actors[name]

    def program(self, name: str) -> Program:
        """The same, who must be a program."""
        actor = self.actor(name)
        assert isinstance(actor, Program), f"{name} is no program"
        return actor

    def peer(self, name: str) -> Peer:
        """The same, who must be a bare socket."""
        actor = self.actor(name)
        assert isinstance(actor, Peer), f"{name} is no bare socket"
        return actor

    # Who comes on

    def nothing(self, _: str, __: list[str]) -> None:
        """What was seen to before the play began."""

    def listens(self, name: str, words: list[str]) -> None:
        """`duet listen --plain`."""
        _, clauses = split_clauses(words)
        where = clauses.get("at", ["127.0.0.1:0"])
        endpoint = "" if where == ["the", "default"] else where[0]
        self.actors[name] = self.stage.listen(
            name, endpoint, means_of(clauses), tuple(clauses.get("with", [])),
            **environment_of(clauses))

    def calls(self, name: str, words: list[str]) -> None:
        """`duet call --plain`."""
        whom, clauses = split_clauses(words)
        self.actors[name] = self.stage.call(
            name, self.endpoint_of(whom), means_of(clauses), tuple(clauses.get("with", [])),
            **environment_of(clauses))

    def endpoint_of(self, words: list[str]) -> str:
        """An actor's address, an endpoint as it stands, or none: `the default`."""
        if words == ["the", "default"]:
            return ""
        if words[0] in self.actors:
            return self.stage.address_of(self.actors[words[0]])
        return words[0]

    def runs(self, name: str, words: list[str]) -> None:
        """Any program; the words may not be mixed up with clauses, which come last."""
        command, clauses = split_clauses(words)
        if command[0] == "duet":
            command[0] = str(self.stage.programs / "duet")
        self.actors[name] = self.stage.run(
            name, command, means_of(clauses), **environment_of(clauses))

    def connects(self, name: str, words: list[str]) -> None:
        """A bare socket that calls."""
        self.actors[name] = self.stage.connect(name, self.endpoint_of(words))

    def hosts(self, name: str, words: list[str]) -> None:
        """A bare socket that listens."""
        self.actors[name] = self.stage.host(name, words[0] if words else "127.0.0.1:0")

    # What they do

    def types(self, name: str, words: list[str]) -> None:
        """A line."""
        self.actor(name).say(words[0])

    def sends(self, name: str, words: list[str]) -> None:
        """Bytes."""
        self.actor(name).send(words[0].encode(errors="surrogateescape"))

    def presses(self, name: str, words: list[str]) -> None:
        """Keys."""
        for key in words:
            self.program(name).press(key)

    def pours(self, name: str, words: list[str]) -> None:
        """Very many lines at once."""
        self.poured[name] = made_up_lines(name, int(words[0]) * MIB)
        actor = self.actor(name)
        if isinstance(actor, Host):
            actor.answers()
        assert actor.sink
        actor.record("in", f"({words[0]} MiB of lines)".encode())
        actor.sink.put(self.poured[name])

    def ends_input(self, name: str, _: list[str]) -> None:
        """No more from this one."""
        self.actor(name).end_input()

    def resets(self, name: str, _: list[str]) -> None:
        """The hard end."""
        self.peer(name).reset()

    def leaves(self, name: str, _: list[str]) -> None:
        """The good end."""
        self.peer(name).leave()

    def is_sent(self, name: str, words: list[str]) -> None:
        """A signal."""
        self.program(name).signal(words[0])

    # What must come

    def sees(self, name: str, words: list[str]) -> None:
        """Text."""
        self.actor(name).sees(words[0])

    def hears(self, name: str, words: list[str]) -> None:
        """A line."""
        self.actor(name).hears(words[0])

    def hears_end(self, name: str, _: list[str]) -> None:
        """Nothing more."""
        self.actor(name).hears_end()

    def hears_all(self, name: str, words: list[str]) -> None:
        """What another poured."""
        wanted = self.poured[words[0]]
        heard = self.actor(name).source("out")

        def has_all() -> bool:
            return len(heard.data) - heard.seen >= len(wanted)

        self.stage.wait(f"{name} hears all of {words[0]} ({len(wanted)} bytes)", has_all,
                        lambda: heard.ended)
        got = heard.data[heard.seen:heard.seen + len(wanted)]
        heard.seen += len(wanted)
        if hashlib.sha256(got).digest() != hashlib.sha256(wanted).digest():
            at = next(i for i, pair in enumerate(zip(got, wanted)) if pair[0] != pair[1])
            raise Failed(f"byte {at} that {name} heard differs: {got[at:at + 40]!r}, "
                         f"not {wanted[at:at + 40]!r}")

    def warns(self, name: str, words: list[str]) -> None:
        """Text on standard error."""
        program = self.program(name)
        errors = program.source("err")
        self.stage.wait(f"{name} warns {words[0]!r}", lambda: errors.take(words[0].encode()),
                        program.has_ended)

    def shows(self, name: str, words: list[str]) -> None:
        """A row of the screen."""
        self.program(name).shows(words[0])

    def stands_at(self, name: str, words: list[str]) -> None:
        """The cursor's line."""
        self.program(name).stands_at(words[0])

    def never_sees(self, name: str, words: list[str]) -> None:
        """What must not be there, ever."""
        self.actor(name).never_sees(words[0])

    def waits_for_a_caller(self, name: str, _: list[str]) -> None:
        """The next one will not be busy."""
        self.program(name).waits_for_a_caller()

    def exits(self, name: str, words: list[str]) -> None:
        """The end."""
        self.program(name).exits(int(words[0]))


def split_clauses(words: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The words in front of the first clause, and each clause's own."""
    front: list[str] = []
    clauses: dict[str, list[str]] = {}
    current = front
    for word in words:
        if word in CLAUSES and word not in clauses:
            current = clauses.setdefault(word, [])
        else:
            current.append(word)
    return front, clauses


def means_of(clauses: dict[str, list[str]]) -> Means:
    """What `on` and `reading` say."""
    means = MEANS[clauses.get("on", ["a", "console"])[-1]]
    if clauses.get("reading") == ["nothing"]:
        return Means("/dev/null", means.stdout, means.stderr)
    return means


def environment_of(clauses: dict[str, list[str]]) -> dict[str, str]:
    """What `where` says."""
    pairs = (each.partition("=") for each in clauses.get("where", []))
    return {name: value for name, _, value in pairs}


def main() -> int:
    """Plays the story of the command line."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True, help="the folder with the programs")
    parser.add_argument("story", type=Path)
    arguments = parser.parse_args()
    try:
        steps = read_story(arguments.story)
        if steps and steps[0].words == "has a network of its own".split():
            enter_own_network()
    except (Failed, Skipped) as reason:
        print(f"{arguments.story}: {reason}")
        return SKIPPED_CODE if isinstance(reason, Skipped) else 1

    play = Play(Stage(arguments.bin.resolve()))

    def where() -> str:
        return f"{arguments.story}:{play.now.number}: {play.now.text}\n  " if play.now else ""

    result = play_safely(play.stage, lambda: play.play(steps), where)
    return {"passed": 0, "skipped": SKIPPED_CODE}.get(result, 1)


if __name__ == "__main__":
    sys.exit(main())
