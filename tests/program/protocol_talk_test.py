#!/usr/bin/python3
"""Ada and bob, with two devices each, talk through a real server that is killed again and again."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.device import Device, Json, further_device, two_people  # noqa: E402
from lib.duetd import Duetd  # noqa: E402
from lib.failure import Failed  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()
WINDOW_BYTES_MAX = 64 * 1024
ENTRY_BYTES = 128
UNANSWERED_MAX = 256
# Far from what was asked for (more than 1 GB), and enough for a build that watches itself.
GROWN_KB_MAX = 128 * 1024


def expect(what: str, found: object, wanted: object) -> None:
    """Fails unless they are equal."""
    if found != wanted:
        raise Failed(f"{what}: {found!r}, and not {wanted!r}")


def texts(device: Device) -> list[str]:
    """What the device has, in the order of its feed."""
    return [entry["text"] for entry in device.log]


# Nothing lost, nothing twice


@scenes.scene
def a_talk_of_four_devices_outlives_a_kill_between_any_two_steps(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    devices = [ada, bob, further_device(ada, "phone"), further_device(bob, "tablet")]
    phone, tablet = devices[2:]
    for device in devices:
        device.cursor = 0

    def killed() -> None:
        server.restart()
        for device in devices:
            device.come()

    said = 0
    notes = 2  # that there are a phone and a tablet
    killed()
    for speaker, hearer in ((ada, bob), (tablet, ada), (phone, bob), (bob, phone), (ada, tablet)):
        to = hearer.welcome["you"]
        for fate in ("killed before the answer", "killed behind it", "lives", "breaks off"):
            said += 1
            speaker.say(to, f"{said}: {fate}")
            if fate == "killed before the answer":
                stage.settle()
                killed()
            elif fate == "breaks off":
                stage.settle()
                speaker.break_off()
                speaker.come()
            while speaker.outbox:
                speaker.event()
            if fate == "killed behind it":
                killed()
        hearer.hears_up_to(notes + said)
        hearer.got()
        killed()
        for device in devices:
            device.hears_up_to(notes + said)
    for device in devices:
        expect(f"what {device.name} has",
               [entry["text"].split(":")[0] for entry in device.log[notes:]],
               [str(number) for number in range(1, said + 1)])
        expect("the numbers", [entry["seq"] for entry in device.log],
               list(range(1, notes + said + 1)))
        expect("the same everywhere", texts(device), texts(ada))
    server.stop()


@scenes.scene
def what_was_said_is_there_when_the_other_comes(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    bob.break_off()
    for number in range(3):
        ada.tell("bob", f"{number}")
    server.restart()
    bob.come()
    expect("the head", bob.welcome["feed"], 3)
    bob.hears_up_to(3)
    expect("what bob has", texts(bob), ["0", "1", "2"])


@scenes.scene
def an_orderly_stop_says_goodbye_and_loses_nothing(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    for number in range(100):
        ada.say("bob", str(number))
    ada.hears("said", n=1)
    server.program.signal("SIGTERM")
    while (event := ada.event())["type"] != "bye":
        expect("what comes", event["type"] in ("said", "mark", "presence"), True)
    expect("why", event["reason"], "server_stopping")
    ada.wire.hears_end()
    server.program.exits(0)
    server.start()
    ada.come()
    while ada.outbox:
        ada.event()
    bob.come()
    bob.hears_up_to(100)
    expect("what bob has", texts(bob), [str(number) for number in range(100)])


@scenes.scene
def the_epoch_and_the_identity_outlive_the_process(stage: Stage) -> None:
    server = Duetd(stage)
    ada, _ = two_people(stage, server)
    epoch = ada.epoch
    server.stop()
    server.start()
    ada.come()  # which compares the identity
    expect("the epoch", ada.epoch, epoch)
    ada.break_off()
    # A device that knows another life of the store begins at the head.
    ada.epoch = "00" * 16
    ada.cursor = 0
    ada.greet()
    ada.put(ada.sign_in_request())
    expect("where it begins", ada.hears("welcome")["feed"], 0)


# Windows


@scenes.scene
def who_confirms_nothing_gets_one_window(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    text = "x" * 1000
    count = WINDOW_BYTES_MAX // (len(text) + ENTRY_BYTES)
    for _ in range(count + 10):
        ada.say("bob", text)
    for feed in range(1, count + 1):
        ada.hears("said", feed=feed)
    for _ in range(10):
        if "feed" in ada.hears("said"):
            raise Failed("the window counts one's own words")
    bob.hears_up_to(count)
    bob.ask("ping")
    bob.hears("pong")  # and nothing came before it
    expect("what bob has", len(bob.log), count)
    # Each byte that is confirmed makes room for one.
    bob.ask("got", feed=1)
    bob.hears("entry", seq=count + 1)
    bob.ask("ping")
    bob.hears("pong")
    bob.got()
    bob.hears_up_to(count + 10)
    ada.got()
    for number in range(count + 1, count + 11):
        ada.hears("entry", seq=number, n=number)
    expect("the same", texts(ada), texts(bob))


@scenes.scene
def a_text_of_any_size_passes_a_window(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    bob.break_off()
    for letter in "abcdefgh":
        ada.say("bob", letter * 16_384)
    for _ in range(8):
        ada.hears("said")
    bob.come()
    for number in range(1, 9):
        bob.hears_up_to(number)
        bob.got()
    expect("the order", "".join(text[0] for text in texts(bob)), "abcdefgh")


@scenes.scene
def more_than_may_be_unanswered_comes_back_later(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    count = 4 * UNANSWERED_MAX
    lines = "".join(f'{{"type":"say","n":{n},"to":"bob","text":"{n}"}}\n'
                    for n in range(1, count + 1))
    ada.outbox = {n: {"to": "bob", "text": str(n)} for n in range(1, count + 1)}
    ada.wire.send(lines.encode())
    answers: list[Json] = []
    while len(answers) < count:
        event = ada.event()
        if event["type"] in ("said", "later"):
            answers.append(event)
    later = [each for each in answers if each["type"] == "later"]
    if not later:
        raise Failed("so many were taken at once")
    for each in later:
        expect("why", each["error"] in ("window_full", "n_skipped"), True)
        expect("a wait", each["wait_ms"] > 0, each["error"] == "window_full")
    taken = max(each["n"] for each in answers if each["type"] == "said")
    for n in range(taken + 1, taken + 11):
        ada.ask("say", n=n, to="bob", text=str(n))
        ada.hears("said", n=n)
    bob.hears_up_to(taken)
    expect("what bob has", texts(bob)[:taken], [str(n) for n in range(1, taken + 1)])


@scenes.scene
def who_asks_and_does_not_read_is_let_go_and_nobody_waits_for_it(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    for letter in "abc":
        ada.tell("bob", letter * 16_384)
    slow = further_device(ada, "slow")
    slow.wire.stop_reading()
    request = '{"type":"history","with":"bob","limit":200}\n'.encode()

    def is_let_go() -> bool:
        if slow.wire.sink and not slow.wire.sink.closed and not slow.wire.sink.waiting:
            slow.wire.send(request * 100)
        return slow.wire.sink is None or slow.wire.sink.closed

    stage.wait("the slow one is let go", is_let_go)
    bob.is_still_there()
    ada.tell("bob", "d")
    slow.come()
    slow.is_still_there()


def memory_most_kb(server: Duetd) -> int:
    """The most that the server has had in memory."""
    status = Path(f"/proc/{server.program.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


@scenes.scene
def what_is_asked_in_one_go_does_not_gather_in_memory(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    for letter in "abc":
        ada.tell("bob", letter * 16_384)
    before = memory_most_kb(server)
    slow = further_device(ada, "slow")
    bob.is_still_there()
    bob.ask("link_device", plain=True)
    person = stage.connect("bob", server.address)
    person.say("/sign-in " + bob.hears("linked")["secret"])
    person.sees("* welcome")
    for wire, question in ((slow.wire, '{"type":"history","with":"bob","limit":200}'),
                           (person, "/who\n/help")):
        wire.stop_reading()
        wire.send((question + "\n").encode() * 20_000)
        sink = wire.sink
        assert sink
        stage.wait("it is let go, or all is heard",
                   lambda sink=sink: sink.closed or not sink.waiting)
        bob.is_still_there()
    grown = memory_most_kb(server) - before
    if grown > GROWN_KB_MAX:
        raise Failed(f"the server grew by {grown} KiB")


# Devices


@scenes.scene
def a_newer_sign_in_of_a_device_ends_the_older(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    older = ada.wire
    ada.come()
    newer, ada.wire = ada.wire, older
    ada.is_let_go("replaced")
    ada.wire = newer
    bob.tell("ada", "to the newer one")
    ada.hears("entry", text="to the newer one")


@scenes.scene
def a_second_device_gets_all_that_is_new_and_looks_up_what_is_old(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    ada.tell("bob", "one")
    bob.tell("ada", "two")
    ada.hears_up_to(2)
    phone = further_device(ada, "phone")
    expect("its place", phone.cursor, 3)
    phone.ask("history", id=1, **{"with": "bob"}, limit=200)
    first = phone.hears("entry", seq=1, text="one")
    expect("who said it", first["from"], "ada")
    if "n" in first or "feed" in first:
        raise Failed(f"another device's n, or a feed: {first}")
    phone.hears("entry", seq=2, text="two")
    note = phone.hears("entry", seq=3, kind="device_added")
    expect("what all are told", json.loads(note["text"]),
           {"device": "phone", "identity": phone.identity, "by": "link"})
    phone.hears("history", id=1, first=1, last=3, more=False)
    expect("the n of another device", phone.tell("bob", "three")["n"], 1)
    ada.hears_up_to(4)
    expect("on the first device", texts(ada), ["one", "two", note["text"], "three"])
    ada.ask("devices", id=2)
    devices = ada.hears("devices", id=2)["devices"]
    expect("the devices", [each["name"] for each in devices], ["ada", "phone"])


@scenes.scene
def history_comes_in_pages(stage: Stage) -> None:
    server = Duetd(stage)
    ada, _ = two_people(stage, server)
    for number in range(1, 251):
        ada.tell("bob", str(number))

    def page(**fields: int) -> tuple[list[str], bool]:
        ada.ask("history", id=5, **{"with": "bob"}, **fields)
        found = []
        while (event := ada.event())["type"] != "history":
            if event["type"] == "entry":
                found.append(event["text"])
        if found:
            expect("first and last", [str(event["first"]), str(event["last"])],
                   [found[0], found[-1]])
        return found, event["more"]

    def numbers(first: int, last: int) -> list[str]:
        return [str(number) for number in range(first, last + 1)]

    expect("the newest", page(limit=3), (numbers(248, 250), True))
    expect("before", page(limit=3, before=4), (numbers(1, 3), False))
    expect("before the first", page(limit=3, before=1), ([], False))
    expect("after", page(limit=3, after=247), (numbers(248, 250), False))
    expect("after, and more", page(limit=3, after=0), (numbers(1, 3), True))
    expect("more than a page", page(limit=1000), (numbers(51, 250), True))
    expect("both", page(limit=2, after=10, before=3), (numbers(11, 12), True))
    server.restart()
    ada.come()
    expect("from the disk", page(limit=3, before=100), (numbers(97, 99), True))


# Marks and signals


@scenes.scene
def marks_tell_both_how_far_each_has_got(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    phone = further_device(ada, "phone")
    for text in ("one", "two", "three"):
        ada.tell("bob", text)
    bob.hears_up_to(4)
    bob.ask("got", feed=3)
    for device in (ada, phone, bob):
        device.hears_up_to(4)
        device.hears("mark", who="bob", delivered=3, read=0, **{
            "with": "ada" if device is bob else "bob"})
    bob.ask("read", **{"with": "ada"}, seq=4)
    for device in (ada, phone, bob):
        device.hears("mark", who="bob", delivered=4, read=4)
    server.restart()
    ada.come()
    ada.hears("mark", who="bob", delivered=4, read=4)
    ada.ask("people", id=1, limit=10)
    people = ada.hears("people", id=1)["people"]
    expect("whom ada knows", [each["handle"] for each in people], ["bob"])
    expect("bob", [people[0][key] for key in
                   ("name", "last", "my_read", "their_delivered", "their_read", "unread")],
           ["Bob", 4, 0, 4, 4, 4])
    expect("the last entry", [people[0]["entry"][key] for key in ("seq", "text", "from", "n")],
           [4, "three", "ada", 3])


@scenes.scene
def contacts_see_who_is_there_and_who_types(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    kim = Device(stage, server, "kim")
    kim.join(server.invite()[0], "kim")
    kim.wire.never_sees('"bob"')
    ada.hears("presence", who="bob", online=True)
    bob.hears("presence", who="ada", online=True)
    phone = further_device(bob, "phone")
    phone.hears("presence", who="ada", online=True)
    bob.ask("typing", to="ada")
    ada.hears("typing", **{"from": "bob"})
    kim.ask("typing", to="ada")
    kim.is_still_there()
    bob.break_off()
    phone.ask("typing", to="ada")
    event = ada.event()  # while one device is there, the person is
    expect("what comes", event, {"type": "typing", "from": "bob"})
    phone.break_off()
    ada.hears("presence", who="bob", online=False)
    bob.come()
    ada.hears("presence", who="bob", online=True)


# Invitations


@scenes.scene
def a_pair_of_invitations_makes_contacts_whoever_comes_first(stage: Stage) -> None:
    server = Duetd(stage)
    for number, order in enumerate(((0, 1), (1, 0))):
        secrets = server.invite("--pair")
        expect("how many", len(secrets), 2)
        handles = [f"one{number}", f"two{number}"]
        devices = [Device(stage, server, handle) for handle in handles]
        for place in order:
            devices[place].join(secrets[place], handles[place])
            if place == order[0]:
                server.restart()
                devices[place].come()
        devices[0].tell(handles[1], "hello")
        devices[1].hears("entry", text="hello")


@scenes.scene
def an_invitation_makes_the_newcomer_a_contact_of_whoever_gave_it(stage: Stage) -> None:
    server = Duetd(stage)
    first = server.first_invitation()
    ada = Device(stage, server, "ada")
    ada.join(first, "ada")
    ada.ask("invite", id=1)
    invitation = ada.hears("linked", id=1)
    expect("when it ends", invitation["expires"] > 1_700_000_000_000, True)
    bob = Device(stage, server, "bob")
    bob.join(invitation["secret"], "bob")
    bob.tell("ada", "hello")
    ada.hears("entry", text="hello")
    kim = Device(stage, server, "kim")
    kim.join(server.invite("--with", "ada")[0], "kim")
    kim.tell("ada", "hello too")
    ada.hears("entry", text="hello too")
    kim.say("bob", "and you?")
    kim.hears("refused", error="not_connected")
    ada.ask("people", id=2, limit=200)
    expect("whom ada knows", [each["handle"] for each in ada.hears("people", id=2)["people"]],
           ["bob", "kim"])
    ada.ask("people", id=3, limit=1)
    page = ada.hears("people", id=3)
    expect("a page", ([each["handle"] for each in page["people"]], page["more"]), (["bob"], True))
    ada.ask("people", id=4, limit=1, after="bob")
    page = ada.hears("people", id=4)
    expect("the next", ([each["handle"] for each in page["people"]], page["more"]),
           (["kim"], False))


if __name__ == "__main__":
    main(scenes)
