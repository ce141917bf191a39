"""Kills the server, the devices, or both, at random instants, and looks whether anything was lost.

    kill_test.py --bin DIR --talker PROGRAM [--kills N] [--pairs N] [--seed N]

Real are the program duetd, the client library (tests/kill/talker.cpp) and SIGKILL. PAIRS pairs talk at full
rate; after KILLS kills all of them come to rest, and then: every text that was said is in the log of both,
once, in the order of saying; both logs are the same, without a gap; no outbox has anything in it; and
`duetd check` finds nothing wrong with the store.
"""

# Runs alone: it takes all of the machine.

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

SECONDS_MAX = 120  # for whatever is waited for: a test that hangs has failed
PAIRS_IN_A_PROCESS = 4


class Server:
    """A duetd that may be killed, always at the same port and with the same data."""

    def __init__(self, programs, folder):
        self.command = [programs / "duetd", "--data", folder / "data", "--log", folder / "log",
                        "--limit", "pace_burst=0"]
        self.programs = programs
        self.folder = folder
        self.endpoint = "127.0.0.1:0"
        self.start()

    def start(self):
        """Starts it, and waits until it serves."""
        self.process = subprocess.Popen([*self.command, "--listen", self.endpoint],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for line in self.process.stderr:
            if b"serving at" in line:
                self.endpoint = line.split()[-1].decode()
                return
        sys.exit(f"duetd does not serve: exit code {self.process.wait(SECONDS_MAX)}")

    def kill(self):
        """SIGKILL; that it still ran is part of the test."""
        if self.process.poll() is not None:
            sys.exit(f"duetd has ended by itself with {self.process.returncode}")
        self.process.kill()
        self.process.wait(SECONDS_MAX)

    def ask(self, *words):
        """What one of its verbs prints."""
        done = subprocess.run([self.programs / "duetd", "--data", self.folder / "data", *words],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=SECONDS_MAX, check=False)
        if done.returncode != 0:
            sys.exit(f"duetd {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout.split()


class Talkers:
    """A process with the devices of some pairs."""

    def __init__(self, talker, pairs):
        self.talker = talker
        self.devices = [f"{folder}:{with_}" for pair in pairs for folder, with_ in pair]
        self.start("talk")

    def start(self, verb):
        """Lets them `talk` or `settle`."""
        self.process = subprocess.Popen([self.talker, verb, *self.devices])

    def kill(self):
        """SIGKILL; that it still ran is part of the test."""
        if self.process.poll() is not None:
            sys.exit(f"a talker has ended by itself with {self.process.returncode}")
        self.process.kill()
        self.process.wait(SECONDS_MAX)


def join(talker, folder, server, count):
    """Makes `count` pairs: each two of (folder of the device, handle of the other)."""
    pairs = []
    for number in range(count):
        handles = f"a{number}", f"b{number}"
        folders = [folder / handle for handle in handles]
        for where, handle, secret in zip(folders, handles, server.ask("invite", "--pair")):
            subprocess.run([talker, "join", where, server.endpoint, secret, handle],
                           check=True, timeout=SECONDS_MAX)
        pairs.append([(folders[0], handles[1]), (folders[1], handles[0])])
    return pairs


def kill_again_and_again(dice, server, crowds, kills):
    """Each time the server, some of the devices, or all at once."""
    for number in range(kills):
        time.sleep(dice.uniform(0.05, 0.8))
        what = dice.choice(["server", "devices", "both"])
        dying = dice.sample(crowds, dice.randint(1, len(crowds))) if what != "server" else []
        if what != "devices":
            server.kill()
        for crowd in dying:
            crowd.kill()
        time.sleep(dice.uniform(0, 0.2))
        if what != "devices":
            server.start()
        for crowd in dying:
            crowd.start("talk")
        print(f"kill {number + 1}: {what}", flush=True)


def settle(crowds):
    """Stops all talking, and lets everything that was said arrive."""
    for crowd in crowds:
        crowd.kill()
        crowd.start("settle")
    for crowd in crowds:
        if crowd.process.wait(SECONDS_MAX) != 0:
            sys.exit("the devices do not come to rest")


def stored(talker, folder, with_):
    """(entries as [seq, feed, from, text], waiting texts, how many were said) of a device."""
    done = subprocess.run([talker, "dump", folder, with_], check=True, text=True,
                          stdout=subprocess.PIPE, timeout=SECONDS_MAX)
    entries, waiting, said = [], [], 0
    for line in done.stdout.splitlines():
        word, rest = line.split(" ", 1)
        if word == "entry":
            seq, feed, author, text = rest.split(" ", 3)
            entries.append((int(seq), int(feed), author, text))
        elif word == "waiting":
            waiting.append(rest)
        else:
            said = int(rest)
    return entries, waiting, said


def faults(talker, pair):
    """What is wrong with a pair, in words; and how much it said."""
    handles = pair[1][1], pair[0][1]
    devices = {handle: stored(talker, *side) for handle, side in zip(handles, pair)}
    wrong = []
    logs = [[(seq, author, text) for seq, _, author, text in entries]
            for entries, _, _ in devices.values()]
    if logs[0] != logs[1]:
        wrong.append("the two logs differ")
    for handle, (entries, waiting, said) in devices.items():
        if waiting:
            wrong.append(f"{handle}: {len(waiting)} texts still wait")
        for index, name in ((0, "seq"), (1, "feed")):
            numbers = [entry[index] for entry in entries]
            if numbers != list(range(1, len(numbers) + 1)):
                wrong.append(f"{handle}: the {name} numbers have gaps or doubles")
        texts = [text for _, _, author, text in entries if author == handle]
        expected = [f"{handle} {number}" for number in range(1, said + 1)]
        if texts != expected:
            count = Counter(texts)
            lost = [text for text in expected if text not in count]
            doubled = [text for text, times in count.items() if times > 1]
            wrong.append(f"{handle}: said {said}, lost {len(lost)}, doubled {len(doubled)}, "
                         f"in order: {not lost and not doubled}")
    return wrong, sum(said for _, _, said in devices.values())


def main():
    """Gives the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--talker", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    programs, talker = arguments.bin.resolve(), arguments.talker.resolve()
    print(f"seed {arguments.seed}", flush=True)
    dice = random.Random(arguments.seed)
    folder = Path(tempfile.mkdtemp(prefix="duet-kill-"))
    started = []
    try:
        server = Server(programs, folder)
        started.append(server)
        pairs = join(talker, folder, server, arguments.pairs)
        crowds = [Talkers(talker, pairs[i:i + PAIRS_IN_A_PROCESS])
                  for i in range(0, len(pairs), PAIRS_IN_A_PROCESS)]
        started += crowds
        kill_again_and_again(dice, server, crowds, arguments.kills)
        settle(crowds)
        found = [faults(talker, pair) for pair in pairs]
        for wrong, _ in found:
            print(*wrong, sep="\n", end="\n" if wrong else "")
        print(*server.ask("check"))
        server.process.send_signal(signal.SIGTERM)
        if server.process.wait(SECONDS_MAX) != 0:
            sys.exit("duetd did not stop in order")
        broken = sum(bool(wrong) for wrong, _ in found)
        print(f"{arguments.kills} kills, {sum(said for _, said in found)} messages, "
              f"{broken} of {len(pairs)} pairs with a fault")
        return 1 if broken else 0
    finally:
        for each in started:
            if each.process.poll() is None:
                each.process.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
