"""Runs a command whose programs have sanitizers in them, and fails when any of them reported.

    python3 tests/watch_reports.py COMMAND...

Programs that are started by others, in the background or in a terminal of their own, may report
where nobody looks. So each report becomes a file, and the files are read at the end. The exit code
is the command's, or 86 if there was a report.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

REPORTED = 86


def main():
    with tempfile.TemporaryDirectory(prefix="duet-reports-") as folder:
        environment = dict(os.environ)
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"):
            options = [environment.get(name, ""), f"log_path={folder}/report"]
            environment[name] = ":".join(option for option in options if option)
        done = subprocess.run(sys.argv[1:], env=environment)
        reports = sorted(pathlib.Path(folder).iterdir())
        for report in reports:
            print(report.read_text(errors="replace"))
        return REPORTED if reports else done.returncode


if __name__ == "__main__":
    sys.exit(main())
