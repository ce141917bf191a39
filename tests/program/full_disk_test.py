#!/usr/bin/python3
"""The day that the disk is full: what is said waits, nothing is lost, and with space it goes on.

The data directory is a small file system of its own, in a mount namespace of this test's own.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.device import Device, two_people  # noqa: E402
from lib.duetd import Duetd  # noqa: E402
from lib.failure import Failed  # noqa: E402
from lib.runner import SKIPPED_CODE, Scenes, main  # noqa: E402
from lib.stage import Stage  # noqa: E402

scenes = Scenes()
INSIDE = "DUET_TEST_IN_ITS_OWN_MOUNTS"
DISK_MEGABYTES = 340  # two segments of the journal, the ballast, and what makes room for it
TEXT = "x" * 16_000
TEXTS_MAX = 16_000  # more than all of the disk


def fill(disk: Path) -> None:
    """Leaves nothing."""
    with open(disk / "filler", "ab", buffering=0) as filler:
        for block in (1024 * 1024, 4096):
            try:
                while True:
                    filler.write(bytes(block))
            except OSError:
                continue


def say_until_later(ada: Device) -> dict[str, object]:
    """Ada talks until she is told to wait; gives the words."""
    for _ in range(TEXTS_MAX):
        n = ada.say("bob", TEXT)
        while True:
            event = ada.event()
            if event["type"] == "later":
                return event
            if event["type"] == "said" and event["n"] == n:
                break
    raise Failed("the disk never was full")


def say_again(ada: Device) -> None:
    """All that has no answer, until each has one."""
    while ada.outbox:
        n = min(ada.outbox)
        ada.put(ada.outbox[n])
        while (event := ada.event())["type"] not in ("later", "said"):
            pass
        if event["type"] == "later":
            ada.stage.pump(100)


def own_disk(stage: Stage) -> Path:
    """Where the server is to keep everything."""
    disk = stage.folder / "data"
    disk.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m,mode=700", "none",
                    str(disk)], check=True)
    return disk


def on_a_disk_of_its_own(play: Callable[[Stage, Path], None]) -> Callable[[Stage], None]:
    """A scene whose server keeps everything there."""

    def scene(stage: Stage) -> None:
        disk = stage.folder / "data"
        disk.mkdir(mode=0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m,mode=700", "none",
                        str(disk)], check=True)
        try:
            play(stage, disk)
        finally:
            subprocess.run(["umount", "--lazy", str(disk)], check=True)

    scene.__name__ = play.__name__
    return scene


@scenes.scene
@on_a_disk_of_its_own
def a_full_disk_makes_people_wait_and_loses_nothing(stage: Stage, disk: Path) -> None:
    server = Duetd(stage)
    ballast = disk / "ballast"
    ada, bob = two_people(stage, server)
    stage.wait("there is ballast", ballast.exists)

    fill(disk)
    ada.tell("bob", "is there room?")
    stage.wait("the ballast is given up", lambda: not ballast.exists())
    fill(disk)
    later = say_until_later(ada)
    if later["error"] != "store_full" or later["n"] != min(ada.outbox):
        raise Failed(f"this is no answer of a full disk: {later}")
    bob.is_still_there()

    (disk / "filler").unlink()
    say_again(ada)
    server.restart()
    for device in (ada, bob):
        device.come()
    if f" {ada.last_n} entries" not in server.run("check"):
        raise Failed(f"{ada.last_n} were said, and: {server.run('check')}")


@scenes.scene
@on_a_disk_of_its_own
def a_start_on_a_full_disk_gives_the_ballast_up(stage: Stage, disk: Path) -> None:
    server = Duetd(stage)
    ballast = disk / "ballast"
    ada, _ = two_people(stage, server)
    stage.wait("there is ballast", ballast.exists)
    ada.tell("bob", "are you there?")
    server.kill()
    (disk / "journal" / "spare").unlink(missing_ok=True)  # a start would have this space
    fill(disk)
    server.start()
    if "the ballast was given up" not in server.program.text("err"):
        raise Failed("the ballast was not needed")
    ada.come()
    ada.tell("bob", "still?")
    (disk / "filler").unlink()
    stage.wait("there is ballast again", ballast.exists)


if __name__ == "__main__":
    FLAGS = "-m" if os.geteuid() == 0 else "-Urm"
    if INSIDE not in os.environ:
        probe = ["unshare", FLAGS, "mount", "-t", "tmpfs", "none", "/mnt"]
        if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
            print("no mount namespaces here")
            sys.exit(SKIPPED_CODE)
        os.environ[INSIDE] = "yes"
        os.execvp("unshare", ["unshare", FLAGS, sys.executable, *sys.argv])
    main(scenes)
