"""Networks of a play's own: nothing in them is anybody else's, so fixed ports are free."""

import os
import subprocess
import sys
import time

from .failure import Skipped

INSIDE = "DUET_PLAY_INSIDE"


def enter_own_network() -> None:
    """Starts this very test again in a network namespace with nothing but loopback in it."""
    if os.environ.get(INSIDE) == "1":
        run("ip", "link", "set", "lo", "up")
        return
    # As a guest in a user namespace where we are not root.
    way = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*way, "true"], capture_output=True, check=False).returncode != 0:
        raise Skipped("this needs a network namespace, which may not be made here")
    sys.stdout.flush()
    os.execvpe(way[0], [*way, sys.executable, *sys.argv], os.environ | {INSIDE: "1"})


def run(*command: str) -> str:
    """Runs a command that must go well; gives its output."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Skipped(f"there is no {command[0]} here") from error
    if done.returncode != 0:
        raise Skipped(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


class TwoHosts:
    """A network namespace `there`, joined by a cable to the one that we are in."""

    HERE, THERE = "10.80.0.1", "10.80.0.2"

    def __init__(self) -> None:
        if os.environ.get(INSIDE) != "1":
            raise Skipped("this needs a network of its own")
        # The namespace lives as long as this process in it, which ends with our end of its input.
        self.holder = subprocess.Popen(["unshare", "--net", "cat"], stdin=subprocess.PIPE)
        self._wait_for_namespace()
        run("ip", "link", "add", "here", "type", "veth", "peer", "name", "there",
            "netns", str(self.holder.pid))
        run("ip", "addr", "add", f"{self.HERE}/24", "dev", "here")
        run("ip", "link", "set", "here", "up")
        self.there("ip", "addr", "add", f"{self.THERE}/24", "dev", "there")
        self.there("ip", "link", "set", "there", "up")
        self.there("ip", "link", "set", "lo", "up")

    def _wait_for_namespace(self) -> None:
        ours = os.readlink("/proc/self/ns/net")
        while os.readlink(f"/proc/{self.holder.pid}/ns/net") == ours:
            if self.holder.poll() is not None:
                raise Skipped("a second network namespace may not be made here")
            time.sleep(0.01)

    def there(self, *command: str) -> str:
        """Runs a command at the other host."""
        return run(*self.command_there(*command))

    def command_there(self, *command: str) -> list[str]:
        """The command that runs `command` at the other host, as the same process."""
        return ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net", *command]

    def cut_the_cable(self) -> None:
        """From now on every packet that arrives, at either end, is dropped without a word."""
        for run_at in (run, self.there):
            run_at("nft", "add table inet cut")
            run_at("nft", "add chain inet cut input { type filter hook input priority 0; "
                          "policy drop; }")

    def mend_the_cable(self) -> None:
        """Packets pass again."""
        for run_at in (run, self.there):
            run_at("nft", "delete table inet cut")

    def close(self) -> None:
        """Takes the other host away."""
        self.holder.kill()
        self.holder.communicate()
        # Our own end may outlive the namespace by a moment, and the next scene makes the same.
        for rest in (("ip", "link", "del", "here"), ("nft", "delete table inet cut")):
            subprocess.run(rest, capture_output=True, check=False)
