#!/usr/bin/python3
"""What an operator sees and chooses: numbers, the sandbox, another address, one person's data."""

import json
import re
import socket
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.device import Device, two_people  # noqa: E402
from lib.duetd import Duetd  # noqa: E402
from lib.failure import Failed  # noqa: E402
from lib.runner import Scenes, main  # noqa: E402
from lib.stage import PATIENCE_SECONDS, Stage  # noqa: E402

scenes = Scenes()


def must(holds: bool, words: object) -> None:
    """Fails the scene."""
    if not holds:
        raise Failed(f"this should not be: {words}")


def fetch(path: str, request: bytes) -> str:
    """What a Unix socket answers until it ends."""
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(PATIENCE_SECONDS)
        caller.connect(path)
        caller.sendall(request)
        return b"".join(iter(lambda: caller.recv(65536), b"")).decode()


def get(path: str, target: str) -> str:
    """A page."""
    return fetch(path, f"GET {target} HTTP/1.1\r\nHost: here\r\n\r\n".encode())


def number_in(page: str, name: str) -> float:
    """A number of the page, with its labels."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", page, re.MULTILINE)
    if not found:
        raise Failed(f"the page has no {name}:\n{page}")
    return float(found[1])


# Numbers


@scenes.scene
def the_page_of_numbers_counts_what_happens(stage: Stage) -> None:
    path = str(stage.folder / "numbers")
    server = Duetd(stage, "--metrics", f"unix:{path}")
    ada, bob = two_people(stage, server)
    for text in ("one", "two", "three"):
        ada.tell("bob", text)
    bob.hears_up_to(int(bob.cursor) + 3)
    ada.say("nobody", "are you there?")
    stage.wait("it is answered", lambda: ada.event()["type"] in ("refused", "said"))
    page = get(path, "/metrics")
    must(page.startswith("HTTP/1.1 200 OK\r\n"), page)
    must(number_in(page, "duetd_messages_total") >= 3, page)
    must(number_in(page, 'duetd_connections{door="json",phase="signed_in"}') == 2, page)
    must(number_in(page, "duetd_write_seconds_count") >= 5, page)
    must(number_in(page, "duetd_disk_free_bytes") > 0, page)
    must("ada" not in page and "bob" not in page, page)
    bob.wire.leave()
    stage.wait("bob's end is counted",
               lambda: 'duetd_closed_total{reason="peer_left"} 1' in get(path, "/metrics"))


@scenes.scene
def whoever_asks_whether_all_is_well_is_told(stage: Stage) -> None:
    path = str(stage.folder / "numbers")
    Duetd(stage, "--metrics", f"unix:{path}")
    must(get(path, "/healthz").endswith("\r\n\r\nall is well\n"), get(path, "/healthz"))
    must(get(path, "/").startswith("HTTP/1.1 404 "), get(path, "/"))
    for request, status in ((b"POST /metrics HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "405"),
                            (b"{\"type\":\"hello\"}\n", "400"),
                            (b"GET /" + b"x" * 9000, "400")):
        must(fetch(path, request).startswith(f"HTTP/1.1 {status} "), (request[:30], status))


@scenes.scene
def the_page_is_for_this_machine_alone(stage: Stage) -> None:
    done = subprocess.run(
        [str(stage.programs / "duetd"), "--data", str(stage.folder / "data"), "--listen",
         "127.0.0.1:0", "--metrics", "0.0.0.0:0"],
        capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    must(done.returncode == 1 and "for this machine alone" in done.stderr, done)


@scenes.scene
def limits_can_be_chosen_and_wrong_ones_are_told(stage: Stage) -> None:
    Duetd(stage, "--limit", "waiting_max=100", "--limit", "penalty_most=60000")
    for text, words in (("waiting=3", "there is no limit 'waiting'"),
                        ("strangers_max=0", "must be between"),
                        ("strangers_max", "must be NAME=NUMBER")):
        done = subprocess.run([str(stage.programs / "duetd"), "--limit", text],
                              capture_output=True, text=True, timeout=PATIENCE_SECONDS,
                              check=False)
        must(done.returncode == 2 and words in done.stderr, done)


# The sandbox


def seccomp_of_threads(server: Duetd) -> set[str]:
    """How the kernel holds each thread of a server."""
    threads = Path(f"/proc/{server.program.pid}/task").glob("*/status")
    return {re.search(r"^Seccomp:\s*(\d)", one.read_text(), re.MULTILINE)[1]  # type: ignore[index]
            for one in threads}


@scenes.scene
def every_thread_is_in_the_sandbox(stage: Stage) -> None:
    server = Duetd(stage)
    if "this build watches itself" in server.program.text("err"):
        return
    must("sandbox: no new privileges" in server.program.text("err"), "the log does not say so")
    must(seccomp_of_threads(server) == {"2"}, seccomp_of_threads(server))
    server.stop()
    server.command.append("--no-sandbox")
    server.start()
    must(seccomp_of_threads(server) == {"0"}, seccomp_of_threads(server))


# Verbs


@scenes.scene
def one_persons_data_is_printed_whole(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    ada.tell("bob", "a line with \"quotes\"\nand another")
    bob.hears_up_to(int(bob.cursor) + 1)
    bob.tell("ada", "an answer")
    lines = [json.loads(line) for line in server.run("export", "ada").splitlines()]
    must([line["type"] for line in lines] == ["person", "device", "contact", "entry", "entry"],
         lines)
    must(lines[0]["handle"] == "ada" and lines[1]["identity"] == ada.identity, lines)
    must([(line["from"], line["text"]) for line in lines[3:]]
         == [("ada", "a line with \"quotes\"\nand another"), ("bob", "an answer")], lines)
    done = subprocess.run([server.program_path, "export", "kim", "--data", server.data],
                          capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    must(done.returncode == 1 and "there is no person 'kim'" in done.stderr, done)


@scenes.scene
def people_says_who_invited_whom(stage: Stage) -> None:
    server = Duetd(stage)
    two_people(stage, server)
    Device(stage, server, "kim").join(server.invite("--with", "ada")[0], "kim")
    people = [line.split("\t") for line in server.run("people").splitlines()]
    must("by ada" in people[2] and "by ada" not in people[1], people)


@scenes.scene
def a_suspended_person_is_out_until_resumed(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    server.run("suspend", "bob")
    bob.is_let_go("suspended")
    bob.greet()
    bob.put(bob.sign_in_request())
    bob.is_let_go("suspended")
    must("suspended" in server.run("people").splitlines()[1], server.run("people"))
    ada.is_still_there()
    server.run("resume", "bob")
    bob.come()


@scenes.scene
def the_operators_link_needs_no_yes_and_partners_are_told(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    second = Device(stage, server, "ada's second")
    second.join(server.run("link", "ada").strip())
    entry = bob.hears("entry")
    must(entry["kind"] == "device_added" and '"by":"operator"' in entry["text"], entry)
    ada.is_still_there()


@scenes.scene
def where_the_operator_alone_invites_nobody_else_does(stage: Stage) -> None:
    file = stage.folder / "duetd.toml"
    file.write_text('may_invite = "operator"\n', encoding="utf-8")
    server = Duetd(stage, "--config", str(file))
    ada, _ = two_people(stage, server)
    ada.ask("invite", id=7)
    ada.hears("refused", error="not_permitted", id=7)


@scenes.scene
def a_server_that_moves_says_where_it_is(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    server.run("move", "chat.example:8000")
    for device in (ada, bob):
        must(device.hears("bye")["address"] == "chat.example:8000", "no address")
        device.wire.hears_end()
    server.restart()  # which does not take it back
    ada.greet()
    ada.put(ada.sign_in_request())
    bye = ada.hears("bye", reason="moved")
    must(bye["address"] == "chat.example:8000", bye)
    server.run("move", "--back")
    ada.come()


if __name__ == "__main__":
    main(scenes)
