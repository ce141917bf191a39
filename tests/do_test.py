"""Shows how ./do behaves towards who types it, and towards a machine that lacks packages.

Packages are asked for through stand-ins for dpkg-query, apt-get, sudo and cmake: a test installs
nothing.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SCRIPT = (HERE.parent / "do").read_text()
EVERYTHING = re.search(r"^for_building=\((.*?)\)", SCRIPT, re.M | re.S)[1].split()


class DoTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.tools = self.root / "tools"
        self.tools.mkdir()
        self.elsewhere = self.root / "else where"
        self.elsewhere.mkdir()
        (self.root / "checkout").mkdir()
        shutil.copy(HERE.parent / "do", self.root / "checkout" / "do")
        self.stand_in("cmake", 'echo "cmake $*" >>"$CALLS"')
        self.stand_in("apt-get", 'echo "apt-get $*" >>"$CALLS"')
        self.installed(EVERYTHING)

    def stand_in(self, name, script):
        path = self.tools / name
        path.write_text(f"#!/bin/bash\n{script}\n")
        path.chmod(0o755)

    def installed(self, packages):
        lines = "".join(f"{name} installed\\n" for name in packages)
        self.stand_in("dpkg-query", f"printf '{lines}gone deinstalled\\n'; exit 1")

    def do(self, *arguments, root=True):
        """Runs ./do from another folder; gives its exit code, what it said, and whom it called."""
        calls = self.root / "calls"
        calls.write_text("")
        # Who is not root is told so by another EUID, which bash will not let us set: so the script
        # is run with the word replaced.
        script = self.root / "checkout" / "do"
        script.write_text(SCRIPT.replace("EUID == 0", "1 == 1" if root else "1 == 0"))
        environment = {"PATH": f"{self.tools}:/usr/bin:/bin", "CALLS": str(calls), "LC_ALL": "C.UTF-8"}
        if not root and not (self.tools / "sudo").exists():
            environment["PATH"] = str(self.without_sudo())
        done = subprocess.run(
            [script, *arguments],
            cwd=self.elsewhere,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout, calls.read_text().splitlines()

    def without_sudo(self):
        """A folder with what ./do calls and nothing else."""
        for name in "bash dirname readlink grep mkdir tee cat tail env".split():
            link = self.tools / name
            if not link.exists():
                os.symlink(shutil.which(name), link)
        return self.tools

    def test_without_a_verb_it_says_what_there_is(self):
        code, said, calls = self.do()
        self.assertEqual(code, 0)
        for verb in "run test build fuzz bench tidy limits install".split():
            self.assertIn(f"./do {verb} ", said)
        self.assertEqual(calls, [])
        self.assertEqual(self.do("help"), (code, said, calls))

    def test_an_unknown_verb_is_an_error(self):
        code, said, calls = self.do("sing")
        self.assertEqual((code, calls), (2, []))
        self.assertIn("there is no 'sing'", said)

    def test_nothing_is_said_or_fetched_when_nothing_is_missing(self):
        code, said, calls = self.do("build")
        self.assertEqual((code, said), (0, "Configuring release\n"))
        self.assertEqual(
            calls, ["cmake --preset release", "cmake --build build/release --target programs"]
        )

    def test_what_is_missing_is_named_in_one_line_and_installed(self):
        self.installed([name for name in EVERYTHING if name not in ("gettext", "g++")])
        code, said, calls = self.do("build")
        self.assertEqual(code, 0)
        self.assertEqual(said.splitlines()[0], "Installing the Debian packages g++ gettext")
        self.assertEqual(len(said.splitlines()), 2)
        self.assertRegex(calls[0], "^apt-get .* update$")
        self.assertRegex(calls[1], "^apt-get .* install -y --no-install-recommends g[+][+] gettext$")

    def test_lists_that_cannot_be_fetched_do_not_matter_if_the_packages_can(self):
        self.installed([])
        self.stand_in("apt-get", 'echo "apt-get $*" >>"$CALLS"; [[ $* != *update ]]')
        code, _, calls = self.do("build")
        self.assertEqual((code, len(calls)), (0, 4))

    def test_packages_that_cannot_be_installed_end_it_with_what_apt_said(self):
        self.installed([])
        self.stand_in("apt-get", "echo 'E: the disk is full'; exit 100")
        code, said, calls = self.do("build")
        self.assertEqual((code, calls), (1, []))
        self.assertIn("E: the disk is full", said)
        self.assertIn("could not be installed", said)

    def test_who_is_not_root_is_asked_through_sudo(self):
        self.installed([])
        self.stand_in("sudo", 'echo "sudo" >>"$CALLS"; exec "$@"')
        code, _, calls = self.do("build", root=False)
        self.assertEqual(code, 0)
        self.assertEqual(calls[0], "sudo")
        self.assertRegex(calls[1], "^apt-get ")

    def test_without_root_and_sudo_it_says_so(self):
        self.installed([])
        code, said, calls = self.do("build", root=False)
        self.assertEqual((code, calls), (1, []))
        self.assertIn("no sudo", said)

    def test_a_prefix_is_seen_from_where_it_was_typed(self):
        for arguments in (["--prefix", "a/b"], ["--prefix=a/b"]):
            _, _, calls = self.do("install", *arguments)
            self.assertEqual(
                calls[-1], f"cmake --install build/release --prefix {self.elsewhere}/a/b"
            )
        _, _, calls = self.do("install")
        self.assertEqual(calls[-1], "cmake --install build/release --prefix /usr/local")

    def test_install_takes_nothing_else(self):
        for arguments in (["there"], ["--prefix"], ["--prefix", "a", "b"]):
            self.assertEqual(self.do("install", *arguments)[0], 2)

    def test_it_has_no_slip_of_the_pen(self):
        subprocess.run(["bash", "-n", HERE.parent / "do", HERE.parent / ".ci/run"], check=True)


if __name__ == "__main__":
    unittest.main()
