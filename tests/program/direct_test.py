#!/usr/bin/python3
"""Two people talk with nothing in between: `duet listen` and `duet call`, whoever of them is which."""

import json
import random
import re
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.failure import Failed  # noqa: E402
from lib.program import PIPES, Means, Program  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()
LINK = re.compile(r"duet://[^'\s]+")
CODE = re.compile(r"  (\d+-[a-z]+-[a-z]+)  \((\d+-\d{4}-\d{4})\)")
WITHOUT_INPUT = Means("/dev/null", "pipe", "pipe")


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Person:
    """An installation, and the one program of it that talks."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage = stage
        self.name = name
        self.place = f"127.0.0.1:{free_port()}"
        self.data = stage.folder / f"data of {name}"
        self.program: Program | None = None
        self.programs = 0

    def start(self, *words: str, means: Means = PIPES) -> Program:
        """A command of this person's."""
        self.programs += 1
        return self.stage.duet(f"{self.name} {self.programs}", list(words), means,
                               XDG_DATA_HOME=str(self.data), TZ="UTC")

    def listens(self, *options: str) -> str:
        """Waits for calls; gives the link."""
        self.program = self.start("listen", self.place, "--as", self.name, *options)
        self.program.sees("Whoever has this link")
        self.stage.wait("the link is shown", lambda: LINK.search(self.seen()))
        return str(LINK.findall(self.seen())[-1])

    def calls(self, whom: str) -> None:
        """Calls, and can be called back meanwhile."""
        self.program = self.start("call", whom, "--listen", self.place, "--as", self.name)

    def seen(self) -> str:
        """All that the program has said."""
        assert self.program is not None
        return self.program.text("out") + self.program.text("err")

    def says(self, text: str) -> None:
        """One line."""
        assert self.program is not None
        self.program.say(text)

    def hears(self, text: str) -> None:
        """Waits until this was shown."""
        self.stage.wait(f"{self.name} sees {text!r}", lambda: text in self.seen())

    def dies(self) -> None:
        """As if the power had gone."""
        assert self.program is not None
        self.program.signal("SIGKILL")
        self.stage.wait(f"{self.name} is gone", self.program.has_ended)

    def quits(self) -> None:
        """In order."""
        self.says("quit")
        assert self.program is not None
        self.program.exits(0)

    def done(self, *words: str, code: int = 0) -> str:
        """A command to its end; gives what it showed."""
        program = self.start(*words, means=WITHOUT_INPUT)
        program.exits(code)
        return program.text("out") + program.text("err")

    def log(self, other: str) -> list[tuple[int, str, str]]:
        """The talk as it is stored here: number, who, what."""
        lines = self.done("history", other, "--json", "--limit", "10000").splitlines()
        entries = [json.loads(line) for line in lines]
        return [(each.get("seq", 0), each["from"], each["text"]) for each in entries]


def two(stage: Stage) -> tuple[Person, Person]:
    """Ada and Bob, who have never met."""
    return Person(stage, "ada"), Person(stage, "bob")


def pair(ada: Person, bob: Person) -> str:
    """Ada listens, and Bob calls her link."""
    link = ada.listens()
    bob.calls(link)
    ada.hears("You and bob know each other now")
    bob.hears("You and ada know each other now")
    return link


def check_logs(ada: Person, bob: Person, lines: int) -> None:
    """Both have the same, in one unbroken line of numbers."""
    ours, theirs = ada.log("bob"), bob.log("ada")
    if ours != theirs:
        raise Failed(f"the logs differ:\n{ours}\n{theirs}")
    if [number for number, _, _ in ours] != list(range(1, lines + 1)):
        raise Failed(f"not {lines} unbroken numbers: {ours}")


@scenes.scene
def one_listens_and_the_other_calls_and_later_the_other_way_round(stage: Stage) -> None:
    ada, bob = two(stage)
    pair(ada, bob)
    ada.says("hello bob")
    bob.hears("ada: hello bob")
    bob.says("quit smoking")
    ada.hears("bob: quit smoking")
    bob.quits()
    ada.hears("bob has left.")
    assert ada.program is not None
    ada.program.exits(0)

    bob.listens()
    ada.calls("bob")
    ada.says("and on it goes")
    bob.hears("ada: and on it goes")
    bob.says("안녕")
    ada.hears("bob: 안녕")
    ada.quits()
    assert bob.program is not None
    bob.program.exits(0)
    check_logs(ada, bob, 4)


@scenes.scene
def whoever_is_killed_and_whenever_nothing_is_lost(stage: Stage) -> None:
    ada, bob = two(stage)
    pair(ada, bob)
    chance = random.Random(8000)
    said = 0
    for turn in range(6):
        for _ in range(chance.randrange(1, 4)):
            said += 1
            speaker = chance.choice((ada, bob))
            speaker.says(f"line {said}")
            if chance.random() < 0.5:
                other = bob if speaker is ada else ada
                other.hears(f"line {said}")
            else:
                # It was typed; that it was taken is to be seen in the files before the kill.
                stage.wait("it is on disk", lambda who=speaker: is_stored(who, f"line {said}"))
        victim = (ada, bob)[turn % 2]
        victim.dies()
        if victim is ada:
            ada.listens()
        else:
            bob.calls("ada")
    for text in (f"line {number + 1}" for number in range(said)):
        stage.wait(f"both have {text!r}",
                   lambda line=text: is_stored(ada, line) and is_stored(bob, line))
    ada.says("the end")
    bob.hears("ada: the end")
    bob.says("of it")
    ada.hears("bob: of it")
    bob.quits()
    assert ada.program is not None
    ada.program.exits(0)
    check_logs(ada, bob, said + 2)


def is_stored(person: Person, text: str) -> bool:
    """Whether the bytes of a text are in the files of a person's talk."""
    files = (person.data / "duet" / "default" / "direct").glob("talk-1/device.sqlite*")
    return any(text.encode() + b"\x00" in data or text.encode() in data
               for data in (each.read_bytes() for each in files if each.exists()))


@scenes.scene
def both_may_dial_at_once(stage: Stage) -> None:
    ada, bob = two(stage)
    pair(ada, bob)
    bob.quits()
    assert ada.program is not None
    ada.program.exits(0)
    # Each has to know where the other can be called: so once the other way round.
    bob.listens()
    ada.calls("bob")
    ada.hears("You talk with bob")
    ada.says("now you know, too")
    bob.hears("now you know, too")
    ada.quits()
    assert bob.program is not None
    bob.program.exits(0)
    for turn in range(3):
        ada.calls("bob")
        bob.calls("ada")
        ada.says(f"from ada {turn}")
        bob.says(f"from bob {turn}")
        ada.hears(f"bob: from bob {turn}")
        bob.hears(f"ada: from ada {turn}")
        ada.quits()
        bob.hears("ada has left.")
        bob.program.exits(0)
    check_logs(ada, bob, 7)


@scenes.scene
def who_is_not_there_is_called_again_until_he_is(stage: Stage) -> None:
    ada, bob = two(stage)
    pair(ada, bob)
    bob.quits()
    assert ada.program is not None
    ada.program.exits(0)
    bob.calls("ada")
    bob.says("are you there?")
    bob.hears("Not connected with ada: what you say waits")
    ada.listens()
    ada.hears("bob: are you there?")
    bob.hears("Connected with ada")
    bob.quits()
    ada.program.exits(0)
    check_logs(ada, bob, 1)


@scenes.scene
def a_link_is_good_once(stage: Stage) -> None:
    ada, bob = two(stage)
    link = pair(ada, bob)
    kim = Person(stage, "kim")
    kim.calls(link)
    assert kim.program is not None
    kim.program.exits(1)
    kim.hears("this secret is unknown, used or too old")
    kim.calls(ada.place)
    kim.hears("Ask them for a code")
    kim.program.end_input()
    kim.program.exits(1)
    bob.quits()


@scenes.scene
def a_code_that_was_spoken_pairs_two_and_a_wrong_one_nobody(stage: Stage) -> None:
    ada, bob = two(stage)
    ada.listens()
    ada.says("/code")
    ada.hears("Whoever hears this code")
    found = stage.wait("the code is shown", lambda: CODE.search(ada.seen()))
    words, digits = found.groups()
    bob.calls(ada.place)
    bob.hears("The code that they tell you")
    bob.says(digits[:-4] + f"{(int(digits[-4:]) + 1) % 1024:04}")
    assert bob.program is not None
    bob.program.end_input()
    bob.program.exits(1)
    for code in (words.split("-")[0], digits):  # without its secret it is none, and is asked for again
        if code == words.split("-")[0]:
            bob.calls(ada.place)
            bob.hears("The code that they tell you")
        bob.says(code)
    bob.hears("You and ada know each other now")
    ada.says("hello")
    bob.hears("ada: hello")
    bob.quits()


@scenes.scene
def another_identity_at_a_known_address_stops_everything(stage: Stage) -> None:
    ada, bob = two(stage)
    pair(ada, bob)
    bob.quits()
    assert ada.program is not None
    ada.program.exits(0)
    expected = bob.done("key", "ada").splitlines()[1].split()[0]
    kim = Person(stage, "kim")
    kim.place = ada.place
    kim.listens()
    there = kim.done("key").split()[0]
    for whom in ("ada", ada.place):
        bob.calls(whom)
        assert bob.program is not None
        bob.says("a secret")
        bob.program.exits(1)
        bob.hears("STOP: somebody else is there.")
        bob.hears(f"expected: {expected}")
        bob.hears(f"is there: {there}")
    if "a secret" in kim.seen():
        raise Failed("somebody else was told a secret")
    # There is one way on, and the old talk stays.
    bob.done("forget", "ada")
    link = str(LINK.findall(kim.seen())[-1])
    bob.calls(link)
    bob.hears("You and kim know each other now")
    bob.quits()
    bob.done("history", "ada.old")


@scenes.scene
def several_may_talk_with_one_who_keeps_listening(stage: Stage) -> None:
    ada, bob = two(stage)
    kim = Person(stage, "kim")
    link = ada.listens("--keep")
    bob.calls(link)
    bob.hears("You and ada know each other now")
    ada.says("/link")
    stage.wait("another link", lambda: len(set(LINK.findall(ada.seen()))) == 2)
    kim.calls(LINK.findall(ada.seen())[-1])
    kim.hears("You and ada know each other now")
    ada.says("for bob")
    bob.hears("ada: for bob")
    kim.says("I am here, too")
    ada.hears("kim: I am here, too")
    ada.says("/to kim")
    ada.says("for kim")
    kim.hears("ada: for kim")
    if "for kim" in bob.seen() or "for bob" in kim.seen():
        raise Failed("somebody heard what was for somebody else")
    bob.quits()
    ada.hears("bob has left.")
    kim.quits()
    ada.hears("kim has left.")
    ada.says("quit")
    assert ada.program is not None
    ada.program.exits(0)


if __name__ == "__main__":
    main(scenes)
