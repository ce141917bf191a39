#!/usr/bin/python3
"""A person with netcat, socat or telnet talks through a real server with one who has a device."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.actor import Actor  # noqa: E402
from lib.device import Device, two_people  # noqa: E402
from lib.duetd import Duetd  # noqa: E402
from lib.failure import Failed  # noqa: E402
from lib.peer import Caller  # noqa: E402
from lib.program import PIPES, Program  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()
NETCAT = ("nc.openbsd", "-N", "127.0.0.1", "{port}")
# This telnet loses some bytes from 0x80 on, so what it says here has none of these.
CLIENTS = (NETCAT, ("ncat", "127.0.0.1", "{port}"),
           ("socat", "-t", "60", "STDIO", "TCP:127.0.0.1:{port}"),
           ("telnet", "-E", "127.0.0.1", "{port}"))
WELCOME = "* welcome, Bob (bob); /to PERSON, then type; /help tells more"


def run(stage: Stage, server: Duetd, command: tuple[str, ...] = NETCAT) -> Program:
    """A foreign program that calls the server."""
    port = server.address.rpartition(":")[2]
    return stage.run(command[0], [word.format(port=port) for word in command], PIPES)


def code(device: Device) -> str:
    """Of the door of plain lines, for the person of this device."""
    device.is_still_there()  # and all that came before is heard
    device.ask("link_device", id=99, plain=True)
    return str(device.hears("linked", id=99)["secret"])


def come_in(person: Actor, of: Device) -> None:
    """By a fresh code."""
    person.say(f"/sign-in {code(of)}")
    person.sees(WELCOME + "\n")


def talk_to_ada(person: Actor) -> None:
    """From here on lines go to ada."""
    person.say("/to ada")
    person.sees("* what you type now goes to ada\n")


def lines_of(person: Actor) -> list[str]:
    """All that the person has seen."""
    return person.text().splitlines()


# Talking


def _add_client(command: tuple[str, ...]) -> None:
    def talks(stage: Stage) -> None:
        server = Duetd(stage)
        ada, bob = two_people(stage, server)
        person = run(stage, server, command)
        come_in(person, bob)
        talk_to_ada(person)
        person.say("반갑습니다 🙂")
        person.sees("sent 1\n")
        ada.hears("entry", seq=1, text="반갑습니다 🙂", **{"from": "bob"})
        ada.tell("bob", "hello\nbob: forged\n* goodbye\n\tend")
        person.sees("ada: hello\n  | bob: forged\n  | * goodbye\n  | \tend\n")
        person.say("//help is a command")
        person.sees("sent 3\n")
        ada.hears("entry", seq=3, text="/help is a command")
        person.say("quit")
        stage.wait("the connection ends", lambda: person.has_ended() or person.sink)
        person.end_input()
        stage.wait(f"{command[0]} ends", person.has_ended)

    scenes.add(f"{command[0]} talks", talks)


for client in CLIENTS:
    _add_client(client)


@scenes.scene
def commands_are_answered(stage: Stage) -> None:
    server = Duetd(stage)
    _, bob = two_people(stage, server)
    person = stage.connect("bob", server.address)
    first = "* sign in first: /sign-in CODE (/help tells more)"
    person.say("/help")
    person.hears("* /sign-in CODE  come in; `duet link-device --plain` gives the code")
    person.sees("* quit           leave\n")
    for line in ("/who", "hello", "//hello", "/to ada", "/ok", "/nonsense"):
        person.say(line)
        person.hears(first)
    person.say("/sign-in nonsense")
    person.hears("* this secret is unknown, used or too old")
    person.say("/sign-in")
    person.hears("* this secret is unknown, used or too old")
    come_in(person, bob)
    person.say("hello")
    person.hears("* not sent: to whom? /to PERSON")
    person.say("/to")
    person.hears("* to whom? /to PERSON")
    person.say("/nonsense")
    person.hears("* there is no such command; /help tells those that there are")
    person.say("/who")
    person.hears("* ada (Ada)")
    person.say("/to  kim ")
    person.hears("* what you type now goes to kim")
    person.say("hello")
    person.hears("* not sent: you are not connected with anybody of that name")
    person.say("/to ada")
    person.hears("* what you type now goes to ada")
    person.say("")
    person.say("/ok")
    person.send(b"a\x1bb\n")
    person.sees("* not sent: ")
    person.send(b"with a carriage return\r\n")
    person.sees("sent 1\n")
    person.send(b"x" * 16_384 + b"\n")
    person.sees("sent 2\n")
    person.say(f"/sign-in {code(bob)}")
    person.next_line()  # not again on this connection
    person.say("still here")
    person.sees("sent 3\n")
    person.say("QUIT")
    person.hears_end()


@scenes.scene
def what_is_no_line_ends_the_connection(stage: Stage) -> None:
    server = Duetd(stage)
    _, bob = two_people(stage, server)
    for wrong, words in ((b"caf\xe9\n", "not UTF-8"), (b"x" * 16_385, "too long")):
        person = stage.connect("bob", server.address)
        come_in(person, bob)
        person.send(wrong)
        expect_goodbye(person)
    stranger = stage.connect("stranger", server.address)
    stranger.send(b"/help\n" * 700)
    expect_goodbye(stranger)
    stranger = stage.connect("stranger", server.address)
    stranger.send(b"/" + b"x" * 5000)
    expect_goodbye(stranger)


def expect_goodbye(person: Caller) -> None:
    """A sentence, and the end."""
    person.sees("* goodbye: ")
    stage_line = person.next_line()
    if not stage_line:
        raise Failed("a goodbye without a reason")
    person.hears_end()


# What a pipe is told


@scenes.scene
def a_pipe_gets_its_answers_before_the_end(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    for last in ("", "last words without an end", "/who", "quit\n", "quit\nnever heard\n"):
        person = run(stage, server)
        person.say(f"/sign-in {code(bob)}\n/to ada\none\ntwo")
        person.send(last.encode())
        person.end_input()
        person.exits(0)
        seen = lines_of(person)
        numbers = [line for line in seen if line.startswith("sent ")]
        if len(numbers) != (3 if last.startswith("last") else 2):
            raise Failed(f"with {last!r} netcat saw {seen}")
        if last == "/who" and not any(line.startswith("* ada (Ada)") for line in seen):
            raise Failed(f"no answer to the last line: {seen}")
    ada.is_still_there()
    if "never heard" in [entry["text"] for entry in ada.log]:
        raise Failed("what stands behind quit was said")


@scenes.scene
def a_pipe_may_say_very_much(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    count = 2000
    person = run(stage, server)
    # Questions among them, some of them many in a row: whatever waits, no line is heard twice.
    person.say(f"/sign-in {code(bob)}\n/to ada\n" + "\n".join(
        "/who\n" * (n % 7 if n % 500 else 600) + str(n) for n in range(count)))
    person.end_input()
    while len(ada.log) < count:
        ada.event()
        if len(ada.log) % 50 == 0:
            ada.got()
    person.exits(0)
    if [entry["text"] for entry in ada.log] != [str(n) for n in range(count)]:
        raise Failed("ada has something else")
    sent = [line for line in lines_of(person) if line.startswith("sent ")]
    if sent != [f"sent {n}" for n in range(1, count + 1)]:
        raise Failed(f"{len(sent)} lines were answered, the last {sent[-3:]}")


@scenes.scene
def questions_that_are_answered_while_lines_wait_double_none(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    person = stage.connect("bob", server.address)
    come_in(person, bob)
    talk_to_ada(person)
    # As many as may be unanswered, of both kinds, in one go.
    texts = [str(n) for n in range(192)]
    person.say("\n".join(texts) + "\n/who" * 64 + "\nlast")
    while not ada.log or ada.log[-1]["text"] != "last":
        ada.event()
        ada.got()
    if [entry["text"] for entry in ada.log] != [*texts, "last"]:
        raise Failed(f"ada has {[entry['text'] for entry in ada.log]}")


@scenes.scene
def a_pipe_hears_what_it_has_missed(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    for round_ in range(2):
        person = run(stage, server)
        person.say(f"/sign-in {code(bob)}")
        person.end_input()
        person.exits(0)
        if round_ == 0:
            ada.tell("bob", "are you there?")
        elif lines_of(person) != [WELCOME, "ada: are you there?"]:
            raise Failed(f"netcat saw {lines_of(person)}")


# Once and for good


@scenes.scene
def what_was_not_confirmed_comes_again_and_says_so(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    person = stage.connect("bob 1", server.address)
    come_in(person, bob)
    for text in ("one", "two\nlines"):
        ada.tell("bob", text)
    person.hears("ada: one")
    person.sees("ada: two\n  | lines\n")
    person.say("/ok")
    person.say("/who")
    person.hears("* ada (Ada), 2 unread")
    ada.hears("mark", who="bob", delivered=2)
    ada.tell("bob", "three")
    person.hears("ada: three")
    talk_to_ada(person)  # confirms
    person.say("four")
    person.hears("sent 4")
    ada.hears("entry", seq=4)
    ada.tell("bob", "five")
    person.hears("ada: five")
    person.leave()
    person = stage.connect("bob 2", server.address)
    ada.tell("bob", "six")
    come_in(person, bob)
    person.hears("(again) you, to ada: four")
    person.hears("(again) ada: five")
    person.hears("ada: six")
    person.reset()
    # A server that was started anew does not know what it has shown.
    server.restart()
    ada.come()
    bob.come()
    person = stage.connect("bob 3", server.address)
    come_in(person, bob)
    person.hears("(perhaps again) you, to ada: four")
    person.hears("(perhaps again) ada: five")
    person.hears("(perhaps again) ada: six")
    ada.tell("bob", "seven")
    person.hears("ada: seven")
    person.say("/ok")
    ada.hears("mark", who="bob", delivered=7)
    server.restart()
    ada.come()
    bob.come()
    person = stage.connect("bob 4", server.address)
    come_in(person, bob)
    ada.tell("bob", "eight")
    person.hears("ada: eight")


@scenes.scene
def a_code_is_good_once_and_a_second_one_replaces_the_first_connection(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    word = code(bob)
    person = stage.connect("bob 1", server.address)
    person.say(f"/sign-in {word}")
    person.hears(WELCOME)
    talk_to_ada(person)
    thief = stage.connect("thief", server.address)
    thief.say(f"/sign-in {word}")
    thief.hears("* this secret is unknown, used or too old")
    newer = stage.connect("bob 2", server.address)
    come_in(newer, bob)
    expect_goodbye(person)
    talk_to_ada(newer)
    newer.say("from the newer one")
    newer.hears("sent 1")
    ada.hears("entry", seq=1, text="from the newer one")
    # An invitation for a person, or for a device, is no code.
    bob.is_still_there()
    bob.ask("link_device", id=1)
    for secret in (bob.hears("linked", id=1)["secret"], server.invite()[0]):
        thief.say(f"/sign-in {secret}")
        thief.hears("* this secret is unknown, used or too old")


@scenes.scene
def it_is_a_device_like_any_other(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    person = stage.connect("bob", server.address)
    come_in(person, bob)
    bob.ask("devices", id=1)
    devices = bob.hears("devices", id=1)["devices"]
    if [each["plain"] for each in devices] != [False, True]:
        raise Failed(f"bob's devices: {devices}")
    talk_to_ada(person)
    person.say("hello")
    person.hears("sent 1")
    bob.hears("entry", seq=1, text="hello", **{"from": "bob"})
    bob.tell("ada", "from the other device")
    person.hears("you, to ada: from the other device")
    ada.ask("revoke", id=2, device=devices[1]["device"])
    while ada.event().get("error") != "device_unknown":
        pass
    bob.ask("revoke", id=3, device=devices[1]["device"])
    bob.hears("done", id=3)
    expect_goodbye(person)


@scenes.scene
def an_orderly_stop_is_told(stage: Stage) -> None:
    server = Duetd(stage)
    _, bob = two_people(stage, server)
    person = stage.connect("bob", server.address)
    come_in(person, bob)
    server.stop()
    expect_goodbye(person)


if __name__ == "__main__":
    main(scenes)
