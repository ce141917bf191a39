#!/usr/bin/python3
"""What `duet` does for talks that a server keeps: each verb, alone and while another holds the profile."""

import json
import re
import select
import socket
import stat
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.failure import Failed  # noqa: E402
from lib.program import CONSOLE, PIPES, Means, Program  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()
PROMPT = "Message >> "
SECRET = re.compile(r"^[a-z2-7]{16,}$", re.MULTILINE)
WITHOUT_INPUT = Means("/dev/null", "pipe", "pipe")


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class House:
    """A server, and people with their devices: each device is a profile."""

    def __init__(self, stage: Stage, *limits: str) -> None:
        self.stage = stage
        self.limits = [word for limit in limits or ("pace_burst=0",) for word in ("--limit", limit)]
        self.address = f"127.0.0.1:{free_port()}"
        self.data = stage.folder / "served"
        self.runtime = stage.folder / "run"
        self.runtime.mkdir(mode=0o700)
        self.numbers = stage.folder / "numbers"
        self.home = {"XDG_DATA_HOME": str(stage.folder / "data"),
                     "XDG_RUNTIME_DIR": str(self.runtime), "TZ": "UTC"}
        self.server = self.open()

    def open(self) -> Program:
        """Starts the server, and waits until it can be asked."""
        command = [str(self.stage.programs / "duetd"), "--listen", self.address,
                   "--data", str(self.data), "--metrics", f"unix:{self.numbers}", *self.limits]
        server = self.stage.run("server", command, WITHOUT_INPUT)
        server.sees(self.address)
        return server

    def serve(self, *words: str) -> str:
        """A command of the server's owner, to its end; gives what it showed."""
        command = [str(self.stage.programs / "duetd"), *words, "--data", str(self.data)]
        duetd = self.stage.run(words[0], command, WITHOUT_INPUT)
        duetd.exits(0)
        return duetd.text()

    def pair(self) -> list[str]:
        """Two secrets whose people will know each other."""
        return secrets_in(self.serve("invite", "--pair"))

    def count(self, name: str) -> int:
        """One of the numbers that the server shows its owner."""
        with socket.socket(socket.AF_UNIX) as one:
            one.connect(str(self.numbers))
            one.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            page = b"".join(iter(lambda: one.recv(65536), b"")).decode()
        found = re.search(rf"^{re.escape(name)} (\d+)", page, re.MULTILINE)
        return int(found[1]) if found else 0

    def people(self) -> None:
        """Ada and Bob come in."""
        for handle, secret in zip(("ada", "bob"), self.pair(), strict=True):
            self.done(handle, "join", self.address, secret, "--handle", handle,
                      "--name", handle.title(), "--device", "desk")

    def start(self, profile: str, *words: str, means: Means = WITHOUT_INPUT) -> Program:
        """A command of somebody's."""
        return self.stage.duet(profile, ["--profile", profile, *words], means, **self.home)

    def done(self, profile: str, *words: str, code: int = 0) -> str:
        """A command of somebody's, to its end; gives what it showed."""
        duet = self.start(profile, *words)
        duet.exits(code)
        return duet.text()

    def objects(self, profile: str, *words: str) -> list[dict[str, object]]:
        """The same where it shows lines of JSON."""
        return [json.loads(line) for line in self.done(profile, *words).splitlines()]


def secrets_in(text: str) -> list[str]:
    """The lines that are a one-time secret."""
    return SECRET.findall(text)


def house_with_people(stage: Stage, *limits: str) -> House:
    """Where most scenes begin. Unless it is told of limits, nobody has to keep a pace."""
    house = House(stage, *limits)
    house.people()
    return house


def expect(holds: bool, what: str) -> None:
    """A sentence that is true."""
    if not holds:
        raise Failed(f"this is not so: {what}")


def next_object(program: Program, **wanted: object) -> dict[str, object]:
    """The next line of JSON that has these fields."""
    while True:
        found: dict[str, object] = json.loads(program.next_line())
        if all(found.get(key) == value for key, value in wanted.items()):
            return found


@scenes.scene
def two_people_join_and_what_is_said_is_there(stage: Stage) -> None:
    house = house_with_people(stage)
    house.done("ada", "say", "bob", "hello")
    house.done("bob", "say", "ada", "hello yourself")
    for profile, other in (("ada", "bob"), ("bob", "ada")):
        entries = house.objects(profile, "history", other, "--json")
        expect([each["text"] for each in entries] == ["hello", "hello yourself"],
               f"{profile} has both, in order")
        expect([each["from"] for each in entries] == ["ada", "bob"], "each has its author")
        expect([each["seq"] for each in entries] == [1, 2], "each has its number")


@scenes.scene
def what_is_shown_to_people_is_indented_and_harmless(stage: Stage) -> None:
    house = house_with_people(stage)
    house.done("ada", "say", "bob", "one\nbob: two\n\tthree")
    shown = house.done("bob", "history", "ada").split(" ", 2)[2]
    expect(shown == "ada: one\n  | bob: two\n  | \tthree\n", f"{shown!r} cannot be mistaken")


@scenes.scene
def text_comes_from_standard_input_where_there_is_none(stage: Stage) -> None:
    house = house_with_people(stage)
    for words in (["say", "bob"], ["say", "bob", "-"]):
        ada = house.start("ada", *words, means=PIPES)
        ada.send(b"first line\nsecond line\n")
        ada.end_input()
        ada.exits(0)
        expect(not ada.text("out") and not ada.text("err"), "what went well needs no words")
    texts = [each["text"] for each in house.objects("bob", "history", "ada", "--json")]
    expect(texts == 2 * ["first line\nsecond line"], "both are one message each, without the last end")


@scenes.scene
def words_that_are_verbs_can_be_said(stage: Stage) -> None:
    house = house_with_people(stage)
    for text in ("quit", "people", "join"):
        house.done("ada", "say", "bob", text)
    house.done("ada", "say", "bob", "--", "--json")
    texts = [each["text"] for each in house.objects("bob", "history", "ada", "--json")]
    expect(texts == ["quit", "people", "join", "--json"], "they are texts like others")


@scenes.scene
def what_is_refused_is_told_with_its_reason(stage: Stage) -> None:
    house = house_with_people(stage)
    for words in (["kim", "hello"], ["ada", "to myself"], ["bob", ""], ["bob", 20000 * "x"],
                  ["bob", "\x1b[2J"], ["-x", "hello"]):
        position = ["--"] if words[0].startswith("-") else []
        ada = house.start("ada", "say", *position, *words)
        ada.exits(1)
        expect("Not sent: " in ada.text("err") and not ada.text("out"), f"{words[0]}: it says why")
    expect(not house.objects("ada", "history", "bob", "--json"), "none of it is kept")


@scenes.scene
def saying_waits_for_the_server_and_is_done_once(stage: Stage) -> None:
    house = house_with_people(stage)
    house.server.signal("SIGTERM")
    house.server.exits(0)
    ada = house.start("ada", "say", "bob", "later")
    ada.sees("Waiting for")
    house.open()
    ada.exits(0)
    texts = [each["text"] for each in house.objects("bob", "history", "ada", "--json")]
    expect(texts == ["later"], "it came, once")


@scenes.scene
def saying_gives_up_when_it_is_told_to_and_the_text_stays(stage: Stage) -> None:
    house = house_with_people(stage)
    house.server.signal("SIGTERM")
    house.server.exits(0)
    words = ("say", "bob", "still here", "--id", "k1")
    ada = house.start("ada", *words, "--timeout", "0.2")
    ada.exits(3)
    expect("outbox" in ada.text("err"), "it says where the text is")
    expect("waiting" in house.done("ada", "history", "bob"), "history shows that it waits")
    house.open()
    house.done("ada", *words)
    house.done("ada", *words)
    texts = [each["text"] for each in house.objects("bob", "history", "ada", "--json")]
    expect(texts == ["still here"], "the same key is the same message")


@scenes.scene
def delivered_is_told_when_a_device_has_it(stage: Stage) -> None:
    house = house_with_people(stage)
    ada = house.start("ada", "say", "bob", "have you got it?", "--wait", "delivered", "--verbose")
    ada.sees("It is sent")
    expect(not ada.has_exited(), "it waits")
    house.done("bob", "history", "ada")
    ada.exits(0)
    ada.sees("delivered")
    ada = house.start("ada", "say", "bob", "nobody is there", "--wait", "read", "--timeout", "0.1")
    ada.exits(3)


@scenes.scene
def watching_shows_what_was_missed_and_what_happens(stage: Stage) -> None:
    house = house_with_people(stage)
    house.done("ada", "say", "bob", "one")
    bob = house.start("bob", "watch", "--json")
    one = next_object(bob, type="entry")
    expect((one["text"], one["feed"], one["seq"], one["with"]) == ("one", 1, 1, "ada"),
           "it begins with what is new")
    house.done("ada", "say", "bob", "two")
    expect(next_object(bob, type="entry")["text"] == "two", "it goes on")
    # A signal, and in no order with entries.
    stage.wait("Ada's presence is told", lambda: '"who":"ada","online":true' in bob.text())
    house.done("bob", "say", "ada", "three")
    three = next_object(bob, type="entry")
    expect((three["text"], three["from"]) == ("three", "bob"), "one's own words are news too")
    house.done("ada", "history", "bob")
    next_object(bob, type="mark", who="ada", delivered=3)
    bob.signal("SIGINT")
    bob.exits(130)
    again = house.start("bob", "watch", "--json", "--from", "2")
    expect(next_object(again, type="entry")["text"] == "two", "any number can be begun at")
    plain = house.start("bob", "watch", "--from", "1")
    plain.sees("ada: one\n")
    plain.sees("bob to ada: three\n")


@scenes.scene
def people_are_shown_with_what_is_unread(stage: Stage) -> None:
    house = house_with_people(stage)
    house.done("ada", "say", "bob", "one")
    (ada,) = house.objects("bob", "people", "--json")
    expect((ada["handle"], ada["name"], ada["unread"], ada["last"]) == ("ada", "Ada", 1, 1),
           "everything is told")
    expect(house.done("bob", "people") == "ada (Ada), 1 unread\n", "for people too")
    house.server.signal("SIGTERM")
    house.server.exits(0)
    bob = house.start("bob", "people")
    bob.exits(0)
    expect("ada" in bob.text() and "known last" in bob.text("err"), "away, it shows what is known")


@scenes.scene
def an_invitation_brings_a_contact(stage: Stage) -> None:
    house = house_with_people(stage)
    secret = house.done("ada", "invite").strip()
    expect(bool(secrets_in(secret)), "the secret stands alone on standard output")
    file = stage.folder / "secret"
    file.write_text(secret + "\n")
    house.done("kim", "join", house.address, "--secret-file", str(file), "--handle", "kim")
    house.done("kim", "say", "ada", "here I am")
    expect([each["text"] for each in house.objects("ada", "history", "kim", "--json")]
           == ["here I am"], "they can talk")
    house.done("kim", "say", "bob", "hello", code=1)
    again = house.start("mallory", "join", house.address, secret, "--handle", "lee")
    again.exits(1)


@scenes.scene
def a_further_device_has_the_same_and_can_be_revoked(stage: Stage) -> None:
    house = house_with_people(stage)
    house.done("ada", "say", "bob", "from the first")
    secret = house.done("ada", "link-device").strip()
    joining = house.start("phone", "join", house.address, secret, "--device", "phone")
    house.done("ada", "confirm", "phone", "--timeout", "30")
    joining.exits(0)
    house.done("phone", "say", "bob", "from the second")
    for profile in ("ada", "phone"):
        texts = [each["text"] for each in house.objects(profile, "history", "bob", "--json")
                 if each["kind"] == "text"]
        expect(texts == ["from the first", "from the second"], f"{profile} has both")
    devices = house.objects("ada", "devices", "--json")
    expect([each["name"] for each in devices] == ["desk", "phone"], "both are listed")
    expect([each["this"] for each in devices] == [True, False], "one is this one")
    house.done("ada", "devices", "--revoke", str(devices[1]["device"]))
    house.done("phone", "say", "bob", "no more", code=1)
    expect(len(house.objects("ada", "devices", "--json")) == 1, "it is gone")
    house.done("ada", "devices", "--revoke", "4711", code=1)
    code = house.done("ada", "link-device", "--plain").strip()
    expect(bool(secrets_in(code)), "a code for plain lines is a secret, too")


@scenes.scene
def everything_can_be_exported_and_nothing_is_overwritten(stage: Stage) -> None:
    house = house_with_people(stage)
    house.done("ada", "say", "bob", "one\ntwo")
    house.done("bob", "say", "ada", "three")
    house.done("bob", "export", "out/")
    out = stage.folder / "out"
    expect(stat.S_IMODE(out.stat().st_mode) == 0o700, "it is for its owner alone")
    entries = [json.loads(line) for line in
               (out / "conversations/ada.jsonl").read_text().splitlines()]
    expect([each["text"] for each in entries] == ["one\ntwo", "three"], "all is there, once")
    text = (out / "conversations/ada.txt").read_text()
    expect("ada: one\n  | two\n" in text and "bob: three\n" in text, "as text as well")
    expect(json.loads((out / "profile.json").read_text())["handle"] == "bob", "who it is, too")
    house.done("bob", "export", "out", code=1)
    expect(sorted(each.name for each in stage.folder.glob("out*")) == ["out"], "nothing is left over")
    (stage.folder / "file").write_text("mine")
    house.done("bob", "export", "file", code=1)
    expect((stage.folder / "file").read_text() == "mine", "a foreign file stays")


@scenes.scene
def two_people_talk_line_by_line(stage: Stage) -> None:
    house = house_with_people(stage)
    house.done("ada", "say", "bob", "said before")
    ada = house.start("ada", "talk", "bob", means=CONSOLE)
    bob = house.start("bob", "talk", "ada", means=CONSOLE)
    for each in (ada, bob):
        each.sees("ada: said before")
        each.sees(PROMPT)
    ada.say("hello")
    bob.sees("ada: hello")
    ada.sees("read 2")
    bob.say("hello yourself")
    ada.sees("bob: hello yourself")
    bob.say("quit")
    bob.exits(0)
    ada.press("Ctrl-D")
    ada.exits(0)
    expect(len(house.objects("ada", "history", "bob", "--json")) == 3, "`quit` is not sent")


@scenes.scene
def a_talk_tells_that_a_line_waits_and_loses_none(stage: Stage) -> None:
    house = house_with_people(stage)
    ada = house.start("ada", "talk", "bob", means=CONSOLE)
    ada.sees(PROMPT)
    ada.say("one")
    ada.sees("one")
    house.server.signal("SIGTERM")
    house.server.exits(0)
    ada.sees("Not connected")
    ada.say("two")
    ada.sees("  waiting")
    ada.say("quit")
    ada.sees("wait in the outbox")
    ada.exits(3)
    house.open()
    house.done("ada", "say", "bob", "three")
    texts = [each["text"] for each in house.objects("bob", "history", "ada", "--json")]
    expect(texts == ["one", "two", "three"], "all came, in order")


@scenes.scene
def whom_one_does_not_know_one_cannot_talk_with(stage: Stage) -> None:
    house = house_with_people(stage)
    ada = house.start("ada", "talk", "kim", means=CONSOLE)
    ada.sees("not connected with anybody of that name")
    ada.exits(1)
    house.done("ada", "history", "kim", code=1)


@scenes.scene
def a_talk_from_a_pipe_ends_when_all_is_sent(stage: Stage) -> None:
    house = house_with_people(stage)
    ada = house.start("ada", "talk", "bob", means=PIPES)
    ada.send(b"one\ntwo\nthree")
    ada.end_input()
    ada.exits(0)
    texts = [each["text"] for each in house.objects("bob", "history", "ada", "--json")]
    expect(texts == ["one", "two", "three"], "all of it was said")


@scenes.scene
def commands_go_through_whoever_holds_the_profile(stage: Stage) -> None:
    house = house_with_people(stage)
    talk = house.start("ada", "talk", "bob", means=CONSOLE)
    talk.sees(PROMPT)
    house.done("ada", "say", "bob", "from a script", "--wait", "sent")
    talk.sees("ada: from a script")
    house.done("ada", "say", "kim", "to nobody", code=1)
    expect(len(house.objects("ada", "history", "bob", "--json")) == 1, "history comes through, too")
    expect(len(house.objects("ada", "people", "--json")) == 1, "and people")
    expect(bool(secrets_in(house.done("ada", "invite"))), "and secrets")
    house.done("ada", "export", "out")
    expect((stage.folder / "out/conversations/bob.txt").exists(), "and files")
    sockets = list(self_made_sockets(house))
    expect([stat.S_IMODE(each.stat().st_mode) for each in sockets] == [0o600], "for this user alone")
    folder = house.runtime / "duet"
    expect(stat.S_IMODE(folder.stat().st_mode) == 0o700, "in a folder of the same kind")
    second = house.start("ada", "talk", "bob", means=CONSOLE)
    second.sees("from a script")
    second.say("typed in the second window")
    talk.sees("ada: typed in the second window")
    talk.say("quit")
    talk.exits(0)
    second.say("typed when the first had gone")
    second.say("quit")
    second.exits(0)
    expect(not list(self_made_sockets(house)), "no socket is left behind")
    texts = [each["text"] for each in house.objects("bob", "history", "ada", "--json")]
    expect(texts == ["from a script", "typed in the second window", "typed when the first had gone"],
           "all came, once, in order")


@scenes.scene
def many_commands_at_the_same_time_all_get_through(stage: Stage) -> None:
    house = house_with_people(stage)
    texts = [f"number {each}" for each in range(20)]
    for ada in [house.start("ada", "say", "bob", text) for text in texts]:
        ada.exits(0)
    said = [each["text"] for each in house.objects("bob", "history", "ada", "--json")]
    expect(sorted(map(str, said)) == sorted(texts), "each is there once")


@scenes.scene
def a_slow_reader_gets_everything_and_holds_up_nobody(stage: Stage) -> None:
    house = house_with_people(stage)
    ada = house.start("ada", "talk", "bob", means=PIPES)
    long_line = 4000 * '"'
    for number in range(600):
        ada.send(f"{number} {long_line}\n".encode())
    talk = house.start("bob", "talk", "ada", means=PIPES)
    talk.source("out").paused = True
    talk.sees("You talk with ada")
    watch = house.start("bob", "watch", "--json", "--from", "1")
    watch.source("out").paused = True
    ada.end_input()
    ada.exits(0)
    house.done("bob", "say", "ada", "meanwhile")
    watch.source("out").paused = False
    for number in range(600):
        entry = next_object(watch, type="entry", **{"from": "ada"})
        expect(entry["text"] == f"{number} {long_line}", f"number {number} comes in its turn")
    talk.source("out").paused = False
    talk.sees(f"ada: 599 {long_line}")


def self_made_sockets(house: House) -> list[Path]:
    """The sockets at which holders are met."""
    return [each for each in (house.runtime / "duet").iterdir() if each.is_socket()]


@scenes.scene
def a_watch_goes_on_when_its_holder_ends(stage: Stage) -> None:
    house = house_with_people(stage)
    talk = house.start("bob", "talk", "ada", means=CONSOLE)
    talk.sees(PROMPT)
    watch = house.start("bob", "watch", "--json")
    for text in ("one", "two"):
        house.done("ada", "say", "bob", text)
        expect(next_object(watch, type="entry")["text"] == text, "it hears through the other")
    talk.signal("SIGKILL")
    house.done("ada", "say", "bob", "three")
    expect(next_object(watch, type="entry")["text"] == "three", "it goes on alone, without doubles")


@scenes.scene
def lines_of_a_guest_survive_the_death_of_the_holder(stage: Stage) -> None:
    house = house_with_people(stage)
    holder = house.start("ada", "watch", "--json")
    holder.next_line()
    guest = house.start("ada", "talk", "bob", means=PIPES)
    guest.sees("You talk with bob")
    lines = [f"line {number}" for number in range(300)]
    for line in lines[:150]:
        guest.say(line)
    next_object(holder, type="entry", text="line 20")
    holder.signal("SIGKILL")
    for line in lines[150:]:
        guest.say(line)
    guest.end_input()
    guest.exits(0)
    entries = house.objects("bob", "history", "ada", "--json", "--limit", "1000")
    expect([each["text"] for each in entries] == lines, "all came, once, in order")


@scenes.scene
def a_holder_that_does_not_answer_is_named_and_nothing_is_done(stage: Stage) -> None:
    house = house_with_people(stage)
    talk = house.start("ada", "talk", "bob", means=CONSOLE)
    talk.sees(PROMPT)
    talk.say("awake")
    house.done("ada", "say", "bob", "it answers")
    talk.signal("SIGSTOP")
    ada = house.start("ada", "say", "bob", "never")
    ada.exits(75)
    expect(str(talk.pid) in ada.text("err"), "it says who holds the profile")
    join = house.start("ada", "join", house.address, "secret")
    join.exits(75)
    talk.signal("SIGCONT")
    house.done("ada", "say", "bob", "awake again")
    texts = [each["text"] for each in house.objects("bob", "history", "ada", "--json")]
    # Who types and who says do not know of each other, so the first two may change places.
    expect(sorted(texts) == ["awake", "awake again", "it answers"], "what was given up was not done")


@scenes.scene
def the_socket_lies_with_the_data_where_there_is_no_folder_for_it(stage: Stage) -> None:
    house = house_with_people(stage)
    house.home["XDG_RUNTIME_DIR"] = ""
    talk = house.start("ada", "talk", "bob", means=CONSOLE)
    talk.sees(PROMPT)
    house.done("ada", "say", "bob", "through it")
    talk.sees("ada: through it")


@scenes.scene
def a_stranger_at_the_socket_is_told_nothing_and_does_no_harm(stage: Stage) -> None:
    house = house_with_people(stage)
    talk = house.start("ada", "talk", "bob", means=CONSOLE)
    talk.sees(PROMPT)
    for words in (b"\n", b"[]\n", b"nonsense\n", b'{"type":"order","verb":"dance"}\n',
                  b'{"type":"order"}\n', b'{"type":7}\n', b"\xff\n", 300_000 * b"x"):
        with socket.socket(socket.AF_UNIX) as one:
            one.connect(str(self_made_sockets(house)[0]))
            one.settimeout(30)
            try:
                one.sendall(words)
                while one.recv(65536):
                    pass
            except ConnectionError:
                pass
    house.done("ada", "say", "bob", "all is well")
    talk.sees("ada: all is well")


class Guest:
    """Another command, as the process that holds the profile sees it."""

    def __init__(self, house: House) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(str(self_made_sockets(house)[0]))
        self.lines = self.socket.makefile("rb")
        expect(self.hears()["type"] == "hello", "the holder speaks first")

    def hears(self) -> dict[str, object]:
        """The next thing that it is told."""
        found: dict[str, object] = json.loads(self.lines.readline())
        return found

    def says(self, **words: object) -> None:
        """A line of its own."""
        self.socket.sendall(json.dumps(words).encode() + b"\n")

    def is_let_go(self) -> bool:
        """Whether the holder has closed its end."""
        poll = select.poll()
        poll.register(self.socket, 0)
        return any(happened & select.POLLHUP for _, happened in poll.poll(0))

    def close(self) -> None:
        """Leaves."""
        self.lines.close()
        self.socket.close()


@scenes.scene
def nothing_is_begun_for_a_guest_who_cannot_be_told(stage: Stage) -> None:
    house = house_with_people(stage)
    talk = house.start("ada", "talk", "bob", means=CONSOLE)
    talk.sees(PROMPT)
    guest = Guest(house)
    guest.socket.shutdown(socket.SHUT_RD)
    guest.says(type="order", verb="say", person="bob", text="never")
    stage.wait("the guest is let go", guest.is_let_go)
    guest.close()
    house.done("ada", "say", "bob", "something else")
    texts = [each["text"] for each in house.objects("bob", "history", "ada", "--json")]
    expect(texts == ["something else"], "who gave up had nothing done")


@scenes.scene
def a_guest_knows_from_the_start_where_another_holder_would_go_on(stage: Stage) -> None:
    house = house_with_people(stage)
    house.done("ada", "say", "bob", "one")
    house.done("bob", "history", "ada")
    talk = house.start("bob", "talk", "ada", means=CONSOLE)
    talk.sees(PROMPT)
    for order in ({"verb": "watch"}, {"verb": "talk", "person": "ada"}):
        guest = Guest(house)
        guest.says(type="order", **order)
        expect(guest.hears()["type"] == "begun", "it begins")
        told = [guest.hears()]
        while told[-1]["type"] in ("err", "out"):
            told.append(guest.hears())
        expect((told[-1]["type"], told[-1]["feed"]) == ("at", 2), "it is told before any news")
        guest.close()


@scenes.scene
def lines_that_cannot_be_sent_make_a_talk_from_a_pipe_fail(stage: Stage) -> None:
    house = house_with_people(stage)
    for bad in (b"\xff", b"\x1b[2J", 20000 * b"x"):
        ada = house.start("ada", "talk", "bob", means=PIPES)
        ada.send(b"good\n" + bad + b"\ngood as well\n")
        ada.end_input()
        ada.exits(1)
    holder = house.start("ada", "watch", "--json")
    holder.next_line()
    ada = house.start("ada", "talk", "bob", means=PIPES)
    ada.send(b"good\n\x07\ngood as well\n")
    ada.end_input()
    ada.exits(1)
    texts = [each["text"] for each in house.objects("bob", "history", "ada", "--json")]
    expect(texts == 4 * ["good", "good as well"], "one bad line takes no other with it")


@scenes.scene
def a_talk_knows_what_waits_when_its_holder_has_ended(stage: Stage) -> None:
    house = house_with_people(stage)
    holder = house.start("ada", "watch", "--json")
    holder.next_line()
    talk = house.start("ada", "talk", "bob", means=PIPES)
    talk.sees("You talk with bob")
    house.server.signal("SIGTERM")
    house.server.exits(0)
    talk.say("typed in time")
    talk.sees("  waiting")
    holder.signal("SIGKILL")
    talk.end_input()
    talk.sees("  waiting")
    expect(not talk.has_exited(), "it waits for what was typed before")
    house.open()
    talk.exits(0)
    texts = [each["text"] for each in house.objects("bob", "history", "ada", "--json")]
    expect(texts == ["typed in time"], "it came, once")


@scenes.scene
def watch_and_talk_go_on_when_the_server_was_restored(stage: Stage) -> None:
    house = house_with_people(stage)
    house.done("ada", "say", "bob", "one")
    file = stage.folder / "backup"
    house.serve("backup", str(file))
    watch = house.start("bob", "watch", "--json", "--from", "1")
    talk = house.start("bob", "talk", "ada", means=PIPES)
    for text in ("two", "three", "four"):
        house.done("ada", "say", "bob", text)
    next_object(watch, type="entry", text="four")
    talk.sees("ada: four")
    house.server.signal("SIGTERM")
    house.server.exits(0)
    house.data = stage.folder / "restored"
    house.serve("restore", str(file))
    house.open()
    house.done("bob", "say", "ada", "are you there?", "--timeout", "60")
    house.done("ada", "say", "bob", "still here")
    for text in ("two", "three", "four", "still here"):
        expect(next_object(watch, type="entry", **{"from": "ada"})["text"] == text,
               f"what is said anew is news: {text}")
    talk.sees("ada: still here")
    talk.end_input()
    talk.exits(0)
    house.done("bob", "export", "out")
    exported = [json.loads(line)["text"] for line in
                (stage.folder / "out/conversations/ada.jsonl").read_text().splitlines()]
    expect([text for text in exported if text in ("one", "are you there?", "still here")]
           == ["one", "are you there?", "still here"], "what the server has is exported")
    expect([exported.count(text) for text in ("two", "three", "four")] == [2, 2, 2],
           "and what it had before, beside it")


@scenes.scene
def a_talk_begins_with_all_that_is_unread(stage: Stage) -> None:
    house = house_with_people(stage)
    for number in range(15):
        house.done("ada", "say", "bob", f"number {number}")
    house.done("bob", "history", "ada")
    talk = house.start("bob", "talk", "ada", means=PIPES)
    for number in range(15):
        talk.sees(f"ada: number {number}\n")
    house.done("ada", "say", "bob", "seen?", "--wait", "read")
    talk.end_input()
    talk.exits(0)
    again = house.start("bob", "talk", "ada", means=PIPES)
    again.sees("ada: seen?")
    expect("number 14\n" in again.text() and "number 5\n" not in again.text(), "later, with the last ten")


@scenes.scene
def more_can_be_typed_than_the_holder_takes_at_once(stage: Stage) -> None:
    house = house_with_people(stage)
    holder = house.start("ada", "watch", "--json")
    holder.next_line()
    holder.source("out").paused = True
    guest = house.start("ada", "talk", "bob", means=PIPES)
    guest.sees("You talk with bob")
    lines = [f"{number} {10000 * '.'}" for number in range(400)]
    guest.send("".join(line + "\n" for line in lines).encode())
    guest.end_input()
    guest.exits(0)
    holder.signal("SIGKILL")
    entries = house.objects("bob", "history", "ada", "--json", "--limit", "1000")
    expect([each["text"] for each in entries] == lines, "all came, once, in order")


@scenes.scene
def who_says_more_than_a_pace_allows_is_put_off_and_loses_nothing(stage: Stage) -> None:
    house = house_with_people(stage, "pace_burst=2", "pace_per_second=10")
    lines = [f"number {number}" for number in range(60)]
    ada = house.start("ada", "talk", "bob", means=PIPES)
    ada.send("".join(line + "\n" for line in lines).encode())
    ada.end_input()
    ada.exits(0)
    entries = house.objects("bob", "history", "ada", "--json", "--limit", "100")
    expect([each["text"] for each in entries] == lines, "all came, once, in order")
    put_off = house.count('duetd_refused_total{word="too_fast"}')
    # Who said all of it again and again would be put off more than 300 times.
    expect(0 < put_off < 200, f"it is said again in smaller portions, and not {put_off} times")


@scenes.scene
def half_a_history_is_not_shown_twice(stage: Stage) -> None:
    house = house_with_people(stage)
    ada = house.start("ada", "talk", "bob", means=PIPES)
    for number in range(600):
        ada.send(f"{number} {4000 * '.'}\n".encode())
    ada.end_input()
    ada.exits(0)
    house.done("bob", "history", "ada", "--limit", "1000")
    holder = house.start("bob", "watch", "--json")
    holder.next_line()
    history = house.start("bob", "history", "ada", "--limit", "1000")
    history.next_line()
    history.source("out").paused = True
    holder.signal("SIGKILL")
    stage.wait("the holder is gone", holder.has_exited)
    history.source("out").paused = False
    history.exits(1)
    expect("ended" in history.text("err"), "it says what has happened")
    expect(history.text("out").count("ada: 0 ") <= 1, "nothing comes twice")


@scenes.scene
def commands_meet_whatever_their_environment_says_of_sockets(stage: Stage) -> None:
    house = house_with_people(stage)
    for mine, theirs in ((str(house.runtime), ""), ("", str(house.runtime))):
        house.home["XDG_RUNTIME_DIR"] = mine
        talk = house.start("ada", "talk", "bob", means=CONSOLE)
        talk.sees(PROMPT)
        house.home["XDG_RUNTIME_DIR"] = theirs
        house.done("ada", "say", "bob", "through it")
        talk.sees("ada: through it")
        talk.say("quit")
        talk.exits(0)


@scenes.scene
def the_folders_of_profiles_are_for_their_owner_alone(stage: Stage) -> None:
    house_with_people(stage)
    for folder in ("data", "data/duet", "data/duet/ada"):
        expect(stat.S_IMODE((stage.folder / folder).stat().st_mode) == 0o700, f"{folder} is")


@scenes.scene
def an_export_without_the_server_says_that_it_may_not_be_all(stage: Stage) -> None:
    house = house_with_people(stage)
    house.done("ada", "say", "bob", "stored here")
    house.done("ada", "history", "bob")
    house.server.signal("SIGTERM")
    house.server.exits(0)
    ada = house.start("ada", "export", "out")
    ada.exits(1)
    expect("Only what is stored here" in ada.text("err"), "it is told")
    entries = (stage.folder / "out/conversations/bob.jsonl").read_text().splitlines()
    expect([json.loads(each)["text"] for each in entries] == ["stored here"], "but that is there")


@scenes.scene
def a_secret_on_the_command_line_is_blanked(stage: Stage) -> None:
    house = House(stage)
    house.server.signal("SIGTERM")
    house.server.exits(0)
    join = house.start("ada", "join", house.address, "veryverysecretword", "--handle", "ada")
    join.sees("refused")
    line = Path(f"/proc/{join.pid}/cmdline").read_bytes()
    expect(b"join" in line and b"veryverysecret" not in line, "others do not see it")
    join.signal("SIGINT")
    stage.wait("it ends", join.has_exited)


@scenes.scene
def joining_asks_for_what_it_was_not_told(stage: Stage) -> None:
    house = House(stage)
    secret = house.pair()[0]
    join = house.start("ada", "join", means=CONSOLE)
    join.sees("Server [")
    join.send(house.address.encode() + b"\n")
    join.sees("Secret")
    join.send(b"nonsense\n")
    join.sees("handle")
    join.send(b"ada\n")
    join.sees("Secret")  # that one was not known
    join.send(secret.encode() + b"\n")
    join.sees("You are ada")
    join.exits(0)
    house.done("ada", "join", house.address, secret, "--handle", "ada", code=1)
    house.done("bob", "join", house.address, code=2)


@scenes.scene
def a_handle_that_is_taken_can_be_chosen_anew(stage: Stage) -> None:
    house = house_with_people(stage)
    secret = house.done("ada", "invite").strip()
    join = house.start("kim", "join", house.address, secret, means=CONSOLE)
    join.sees("handle")
    join.send(b"ada\n")
    join.sees("handle")
    join.send(b"kim\n")
    join.sees("You are kim")
    join.exits(0)


@scenes.scene
def a_profile_that_has_not_joined_says_so(stage: Stage) -> None:
    house = House(stage)
    for words in (["people"], ["say", "bob", "hello"], ["talk", "bob"], ["export", "out"]):
        duet = house.start("nobody", *words)
        duet.exits(1)
        expect("duet join" in duet.text("err"), f"{words[0]}: it says what to do")
    house.done("../x", "people", code=2)
    expect(not (stage.folder / "data/duet/nobody").exists(), "nothing was made")


@scenes.scene
def a_reader_that_has_left_ends_it(stage: Stage) -> None:
    house = house_with_people(stage)
    bob = house.start("bob", "watch", "--json")
    bob.next_line()
    bob.stop_reading()
    house.done("ada", "say", "bob", "anybody?")
    bob.exits(1)


if __name__ == "__main__":
    main(scenes)
