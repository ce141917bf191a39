"""Asks groff whether it understands every line of a man page.

    python3 tests/man_page.py PAGE
"""

import subprocess
import sys


def main():
    command = ["groff", "-k", "-K", "utf8", "-man", "-T", "utf8", "-ww", "-z", sys.argv[1]]
    said = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(said.stdout or "the page reads well")
    return 1 if said.returncode or said.stdout else 0


if __name__ == "__main__":
    sys.exit(main())
