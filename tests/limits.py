"""Compares docs/limits.md with what is compiled, and the table with the constants it speaks of.

    python3 tests/limits.py PRINT_LIMITS docs/limits.md base/limits.hpp
"""

import difflib
import pathlib
import re
import subprocess
import sys


def main():
    printer, page, header = sys.argv[1:]
    compiled = subprocess.run([printer], check=True, stdout=subprocess.PIPE, text=True).stdout
    written = pathlib.Path(page).read_text()
    constants = re.findall(r"^inline constexpr \S+ (\w+) =", pathlib.Path(header).read_text(), re.M)
    rows = re.findall(r"^\| `(\w+)` \|", compiled, re.M)

    wrong = list(
        difflib.unified_diff(
            written.splitlines(), compiled.splitlines(), page, "./do limits writes", lineterm=""
        )
    )
    wrong += difflib.unified_diff(constants, rows, header, "limits::all()", lineterm="")
    print("\n".join(wrong) or f"{len(rows)} limits, all on the page")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
