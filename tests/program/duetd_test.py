#!/usr/bin/python3
"""What an operator does with duetd: starts and stops it, asks it, checks it, copies it."""

import json
import os
import signal
import socket
import sqlite3
import stat
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
Done = subprocess.CompletedProcess[str]
MANY_PEOPLE = 40_000


def duetd(stage: Stage, *words: str) -> Done:
    """The program, until it ends."""
    return subprocess.run([str(stage.programs / "duetd"), *words], capture_output=True, text=True,
                          timeout=PATIENCE_SECONDS, check=False)


def verb(server: Duetd, *words: str) -> Done:
    """A verb for a server, however it ends."""
    return duetd(server.stage, *words, "--data", server.data)


def must(holds: bool, words: object) -> None:
    """Fails the scene."""
    if not holds:
        raise Failed(f"this should not be: {words}")


def index(server: Duetd) -> sqlite3.Connection:
    """The index of a server that is stopped."""
    return sqlite3.connect(Path(server.data) / "index.db", isolation_level=None)


def talk(ada: Device, bob: Device, lines: int) -> None:
    """Ada says so many lines, and bob hears them."""
    for number in range(lines):
        ada.tell("bob", f"line {number}")
    bob.hears_up_to(int(bob.cursor) + lines)


# Coming and going


@scenes.scene
def the_first_start_prints_an_invitation(stage: Stage) -> None:
    server = Duetd(stage)
    ada = Device(stage, server, "ada")
    ada.join(server.first_invitation(), "ada")
    server.stop()
    server.start()
    ada.come()
    must(not server.program.text("out"), "a second invitation for a first person")


@scenes.scene
def a_second_server_on_one_directory_is_refused(stage: Stage) -> None:
    server = Duetd(stage)
    second = verb(server, "--listen", "127.0.0.1:0")
    must(second.returncode == 1, second)
    must(f"is served by process {server.program.pid} already" in second.stderr, second)
    two_people(stage, server)


@scenes.scene
def a_server_that_was_killed_leaves_nothing_in_the_way(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    talk(ada, bob, 3)
    unfinished = Path(server.data) / "backup.new"
    unfinished.write_text("half a backup", encoding="utf-8")
    server.restart()
    must(not unfinished.exists(), "it is still there")
    ada.come()
    bob.come()
    talk(ada, bob, 3)


@scenes.scene
def sigterm_stops_it_in_order(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    n = ada.say("bob", "one more")
    ada.hears("said", n=n)
    bob.hears_up_to(int(bob.cursor) + 1)
    server.program.signal("SIGTERM")
    ada.is_let_go("server_stopping")
    bob.is_let_go("server_stopping")
    server.program.exits(0)


# What it is asked


@scenes.scene
def the_verbs_say_when_no_server_runs(stage: Stage) -> None:
    data = str(stage.folder / "nothing")
    for words in (["invite"], ["people"], ["usage"], ["erase", "ada"], ["backup", "x"]):
        done = duetd(stage, *words, "--data", data)
        must(done.returncode == 1, done)
        must(f"no server runs on {data}" in done.stderr, done)
    for words in (["check"], ["journal", "dump"]):
        done = duetd(stage, *words, "--data", data)
        must(done.returncode == 1 and "there is no" in done.stderr, done)
    must(not Path(data).exists(), "a look has made the directory")


@scenes.scene
def what_it_does_not_know_is_answered_with_2(stage: Stage) -> None:
    for words in (["dance"], ["--listen", "127.0.0.1:99999"], ["erase"], ["--loud"],
                  ["invite", "--pair", "--with", "ada"], ["backup"], ["journal"]):
        done = duetd(stage, *words)
        must(done.returncode == 2, done)
        must("duetd --help" in done.stderr, done)


@scenes.scene
def a_wrong_configuration_is_told_with_its_line(stage: Stage) -> None:
    file = stage.folder / "duetd.toml"
    for text, words in (("listen = 3\n", "line 1: this must be a list of endpoints"),
                        ("\nlsiten = []\n", "line 2: there is no option 'lsiten'"),
                        ("name = 'here'\nverbose = 1\n", "line 2: this must be true or false"),
                        ("retention_days = -1\n", "line 1: this must be a whole number"),
                        ("listen = ['host:http']\n", "line 1: this is no endpoint"),
                        ("name = \n", "line 1")):
        file.write_text(text, encoding="utf-8")
        done = duetd(stage, "--config", str(file), "--data", str(stage.folder / "data"))
        must(done.returncode == 2 and words in done.stderr, done)
    done = duetd(stage, "--config", str(stage.folder / "missing.toml"))
    must(done.returncode == 2 and "missing.toml" in done.stderr, done)
    must(not (stage.folder / "data").exists(), "something was begun")


@scenes.scene
def a_configuration_file_counts_where_the_command_line_is_silent(stage: Stage) -> None:
    file = stage.folder / "duetd.toml"
    log = stage.folder / "duetd.log"
    file.write_text(f"name = 'chat.example'\nlisten = ['127.0.0.1:1']\nlog = '{log}'\n",
                    encoding="utf-8")
    server = Duetd(stage, "--config", str(file))
    invited = verb(server, "invite")
    must("duet join chat.example:" in invited.stderr, invited)
    must("the operator asks: invite" in log.read_text(encoding="utf-8"), "no log")


@scenes.scene
def people_and_usage_tell_who_is_there(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    ada.tell("bob", "x" * 1000)
    people = server.run("people").splitlines()
    must([line.split("\t")[:3] for line in people]
         == [["ada", "Ada", "1 device"], ["bob", "Bob", "1 device"]], people)
    usage = server.run("usage").splitlines()
    must(usage[0].split()[:2] == ["1000", "bytes"] and usage[0].endswith("ada"), usage)
    must("free on the disk" in usage[-1], usage)
    bob.is_still_there()


@scenes.scene
def a_list_of_very_many_people_waits_for_its_reader(stage: Stage) -> None:
    server = Duetd(stage)
    ada, _ = two_people(stage, server)
    server.stop()
    with index(server) as rows:
        rows.execute("BEGIN")
        rows.executemany("INSERT INTO person (person, handle, name, is_erased, stored_bytes, time)"
                         " VALUES (?, ?, ?, 0, 0, 0)",
                         [(number, f"person{number}", "A name that takes some room" * 2)
                          for number in range(3, MANY_PEOPLE + 1)])
        rows.execute("COMMIT")
    server.start()
    ada.come()
    with subprocess.Popen([server.program_path, "people", "--data", server.data],
                          stdout=subprocess.PIPE) as reader:
        for _ in range(100):  # it reads nothing, and nobody minds
            ada.is_still_there()
        assert reader.stdout
        lines = reader.stdout.read().splitlines()
    must(reader.returncode == 0 and len(lines) == MANY_PEOPLE, (reader.returncode, len(lines)))


@scenes.scene
def what_is_reported_stands_in_a_file_before_it_is_done(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    ada.tell("bob", "something bad\n")
    bob.hears("entry", seq=1)
    bob.ask("report", id=7, **{"with": "ada"}, seq=1)
    bob.hears("done", id=7)
    reports = Path(server.data) / "reports"
    must(reports.stat().st_mode & 0o077 == 0, "others may read it")
    lines = [json.loads(line) for line in reports.read_text().splitlines()]
    must([(each["by"], each["from"], each["seq"], each["text"]) for each in lines]
         == [("bob", "ada", 1, "something bad\n")], lines)
    bob.ask("report", id=8, **{"with": "ada"}, seq=2)
    bob.hears("refused", id=8, error="no_such_entry")


@scenes.scene
def an_erased_person_is_gone(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    talk(ada, bob, 2)
    must(verb(server, "erase", "nobody").returncode == 1, "nobody was erased")
    server.run("erase", "bob")
    must("erased" in server.run("people").splitlines()[1], server.run("people"))
    must(verb(server, "erase", "bob").returncode == 1, "erased twice")
    must("all is well" in server.run("check"), "check")


@scenes.scene
def the_journal_is_printed_without_what_was_said(stage: Stage) -> None:
    server = Duetd(stage)
    ada, _ = two_people(stage, server)
    ada.tell("bob", "a secret of ours")
    server.kill()
    dump = verb(server, "journal", "dump")
    must(dump.returncode == 0, dump)
    must("entry 1 of 1 and 2, by 1 (device 1, n 1)" in dump.stdout, dump.stdout)
    must("person 1 begins: ada" in dump.stdout, dump.stdout)
    must("secret of ours" not in dump.stdout, dump.stdout)


@scenes.scene
def what_is_more_than_the_operator_keeps_goes_and_the_numbers_stay(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    talk(ada, bob, 20)
    server.stop()
    file = stage.folder / "duetd.toml"
    file.write_text("retention_bytes = 70\n", encoding="utf-8")  # the last ten lines
    server.command += ["--config", str(file)]
    server.start()
    stage.wait("the old texts have gone", lambda: server.run("usage").split()[0] == "70")
    ada.come()
    ada.tell("bob", "one more")
    ada.ask("history", **{"with": "bob", "before": 22, "limit": 100})
    for seq in range(1, 22):
        entry = ada.hears("entry", seq=seq)
        must(bool(entry.get("text")) == (seq > 10), entry)
    ada.hears("history", first=1, last=21)
    must("all is well: 2 persons, 1 conversations, 21 entries" in server.run("check"), "check")


@scenes.scene
def systemd_is_told_when_it_is_ready_and_when_it_stops(stage: Stage) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        path = str(stage.folder / "notify")
        manager.bind(path)
        manager.settimeout(PATIENCE_SECONDS)
        server = Duetd(stage, prefix=("env", f"NOTIFY_SOCKET={path}"))
        must(manager.recv(100) == b"READY=1", "not ready")
        server.stop()
        must(manager.recv(100) == b"STOPPING=1", "not stopping")


# Check


@scenes.scene
def check_finds_a_good_store_well(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    talk(ada, bob, 5)
    well = "all is well: 2 persons, 1 conversations, 5 entries\n"
    must(server.run("check") == well, "while it runs")
    server.kill()
    must(server.run("check") == well, "after a kill")
    server.start()
    ada.come()
    bob.come()
    talk(ada, bob, 1)
    must(server.run("check") == well.replace("5", "6"), "after a start")
    server.stop()
    must(server.run("check") == well.replace("5", "6"), "after a stop")


DAMAGE = (
    ("an entry is missing", "DELETE FROM entry WHERE seq = 2", "ada"),
    ("a number of a feed is missing", "DELETE FROM feed WHERE person = 2 AND feed = 3",
     "the feed of bob has a gap: 2 is followed by 4"),
    ("an answer is missing", "DELETE FROM answer WHERE n = 2",
     "device 1 of ada has no answer for its n 2, and the last is 5"),
    ("a body is another", "UPDATE entry SET body = 'nothing' WHERE seq = 1",
     "ada and bob, seq 1: the body is not what was said"),
    ("a mark is beyond the log", "UPDATE conversation SET high_read = 77",
     "the mark of bob (delivered 0, read 77) is beyond the log, which ends with 5"),
    ("a person is missing", "DELETE FROM person WHERE person = 1", "person 1 is missing"),
    ("a sum is another", "UPDATE person SET stored_bytes = 5 WHERE person = 1",
     "ada is said to have 5 bytes in texts, and has 30"),
)


def _check_finds(damage: str, words: str, stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    talk(ada, bob, 5)
    stage.wait("the index has followed", lambda: "5" in _entries_in(server))
    server.stop()
    with index(server) as rows:
        rows.execute(damage)
    done = verb(server, "check")
    must(done.returncode == 1 and words in done.stdout, done)
    must("faults in" in done.stderr, done)


def _entries_in(server: Duetd) -> str:
    path = Path(server.data) / "index.db"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as rows:
        return str(rows.execute("SELECT count(*) FROM entry").fetchone()[0])


for _name, _damage, _words in DAMAGE:
    scenes.add(f"check sees that {_name}",
               lambda stage, damage=_damage, words=_words: _check_finds(damage, words, stage))


# Backups


@scenes.scene
def a_backup_made_while_people_talk_is_a_store_again(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    talk(ada, bob, 20)
    file = stage.folder / "backup"
    with subprocess.Popen([server.program_path, "backup", str(file), "--data", server.data],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as backup:
        while backup.poll() is None:
            talk(ada, bob, 1)
        _, words = backup.communicate()
    must(backup.returncode == 0, words)
    must(stat.S_IMODE(file.stat().st_mode) == 0o600, oct(file.stat().st_mode))
    must(not [name for name in os.listdir(server.data) if name.startswith("backup")],
         os.listdir(server.data))
    identity, epoch, told = ada.pinned, ada.epoch, len(ada.log)
    server.stop()

    server.data = str(stage.folder / "restored")
    server.command[server.command.index("--data") + 1] = server.data
    done = duetd(stage, "restore", str(file), "--data", server.data)
    must(done.returncode == 0 and "a new life of the store" in done.stdout, done)
    must("all is well: 2 persons" in server.run("check"), "check")
    server.start()
    ada.greet()  # the same server: its proof is checked
    must(ada.pinned == identity, "another server")
    ada.put(ada.sign_in_request(feed="end"))
    welcome = ada.hears("welcome")
    must(welcome["epoch"] != epoch, "the same epoch")
    must(20 <= welcome["feed"] <= told, (welcome, told))


@scenes.scene
def a_backup_replaces_nothing_unless_it_is_told_to(stage: Stage) -> None:
    server = Duetd(stage)
    file = stage.folder / "backup"
    file.write_text("precious", encoding="utf-8")
    done = verb(server, "backup", str(file))
    must(done.returncode == 1 and "--force replaces it" in done.stderr, done)
    must(file.read_text(encoding="utf-8") == "precious", "replaced")
    server.run("backup", str(file), "--force")
    must(file.stat().st_size > 4096, "not replaced")
    must(sorted(os.listdir(stage.folder)) == ["backup", "data"], os.listdir(stage.folder))
    done = verb(server, "backup", str(stage.folder / "nowhere" / "backup"))
    must(done.returncode == 1 and "there is no folder" in done.stderr, done)


@scenes.scene
def only_a_good_backup_is_restored_and_only_into_an_empty_folder(stage: Stage) -> None:
    server = Duetd(stage)
    two_people(stage, server)
    file = stage.folder / "backup"
    server.run("backup", str(file))
    done = duetd(stage, "restore", str(file), "--data", server.data)
    must(done.returncode == 1 and "is not empty" in done.stderr, done)

    good = file.read_bytes()
    for name, data, words in (
            ("cut", good[:-1], "no backup of duet's"),
            ("changed", good[:9000] + b"!" + good[9001:], "its checksum is another"),
            ("empty", b"", "no backup of duet's")):
        bad = stage.folder / name
        bad.write_bytes(data)
        done = duetd(stage, "restore", str(bad), "--data", str(stage.folder / "new"))
        must(done.returncode == 1 and words in done.stderr, done)
        must(not (stage.folder / "new").exists(), "something was begun")
    done = duetd(stage, "restore", str(file), "--data", str(stage.folder / "new"))
    must(done.returncode == 0, done)


@scenes.scene
def a_store_without_its_key_or_in_the_middle_of_a_restore_is_not_served(stage: Stage) -> None:
    server = Duetd(stage)
    server.stop()
    key = Path(server.data) / "server.key"
    kept = key.read_bytes()
    key.unlink()
    done = duetd(stage, "--data", server.data, "--listen", "127.0.0.1:0")
    must(done.returncode == 1 and "server.key is missing" in done.stderr, done)
    must(not key.exists(), "another key was made")
    key.write_bytes(kept)
    (Path(server.data) / "restoring").touch()
    done = duetd(stage, "--data", server.data, "--listen", "127.0.0.1:0")
    must(done.returncode == 1 and "did not come to its end" in done.stderr, done)
    (Path(server.data) / "restoring").unlink()
    server.start()


@scenes.scene
def a_second_verb_on_one_connection_is_not_heard(stage: Stage) -> None:
    server = Duetd(stage)
    with socket.socket(socket.AF_UNIX) as admin:
        admin.connect(f"{server.data}/admin.sock")
        admin.sendall(b"check\n")
        admin.sendall(b"nonsense\ncheck\n" * 50)
        answer = b"".join(iter(lambda: admin.recv(65536), b""))
    must(answer.endswith(b"=0\n") and answer.count(b"=") == 1, answer)
    server.stop()


@scenes.scene
def only_one_is_asked_at_a_time_and_nobody_who_left_is_in_the_way(stage: Stage) -> None:
    server = Duetd(stage)
    ada, bob = two_people(stage, server)
    talk(ada, bob, 3)
    for _ in range(5):
        with subprocess.Popen([server.program_path, "check", "--data", server.data],
                              stdout=subprocess.DEVNULL) as check:
            check.send_signal(signal.SIGKILL)
    must("all is well" in server.run("check"), "check")


if __name__ == "__main__":
    main(scenes)
