"""What a terminal shows after a stream of bytes: so much of a VT100 as a line editor needs.

Rows scroll, wide letters take two cells, a full row wraps only when the next letter comes. What is
not known here is skipped, as terminals do.
"""

import re
import unicodedata

CONTROL = re.compile(
    r"\x1b\[(?P<arguments>[0-?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[@-Z\\^_78=>]")


def width_of(letter: str) -> int:
    """Cells that one code point takes."""
    if unicodedata.category(letter) in ("Mn", "Me", "Cf") or "\u1160" <= letter <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


class Screen:
    """Rows of cells and a cursor. A wide letter fills its cell and leaves the next one empty."""

    def __init__(self, columns: int = 80, rows: int = 24) -> None:
        self.columns = columns
        self.cells = [self._blank(columns) for _ in range(rows)]
        self.row = 0
        self.column = 0

    @staticmethod
    def _blank(columns: int) -> list[str]:
        return [" "] * columns

    def rows(self) -> list[str]:
        """Each row as text, without the blanks at its end."""
        return ["".join(cells).rstrip() for cells in self.cells]

    def before_cursor(self) -> str:
        """The text of all rows of the cursor's line up to the cursor, as far as it is full rows."""
        first = self.row
        while first > 0 and self._is_full(first - 1):
            first -= 1
        text = "".join("".join(cells) for cells in self.cells[first:self.row])
        return text + "".join(self.cells[self.row][:self.column])

    def _is_full(self, row: int) -> bool:
        return self.cells[row][-1] != " "

    def feed(self, text: str) -> "Screen":
        """Shows `text`."""
        at = 0
        while at < len(text):
            control = CONTROL.match(text, at)
            if control:
                self._control(control)
                at = control.end()
            else:
                self._letter(text[at])
                at += 1
        return self

    def _letter(self, letter: str) -> None:
        if letter == "\r":
            self.column = 0
        elif letter == "\n":
            self._line_feed()
        elif letter == "\b":
            self.column = max(0, self.column - 1)
        elif letter == "\t":
            self.column = min(self.columns - 1, (self.column // 8 + 1) * 8)
        elif letter >= " " and letter != "\x7f":
            self._print(letter)

    def _print(self, letter: str) -> None:
        width = width_of(letter)
        if width == 0:
            self._join(letter)
            return
        if self.column + width > self.columns:
            self.column = 0
            self._line_feed()
        self.cells[self.row][self.column] = letter
        if width == 2:
            self.cells[self.row][self.column + 1] = ""
        self.column += width

    def _join(self, mark: str) -> None:
        column = max(0, self.column - 1)
        while column > 0 and self.cells[self.row][column] == "":
            column -= 1
        self.cells[self.row][column] += mark

    def _line_feed(self) -> None:
        if self.row + 1 < len(self.cells):
            self.row += 1
        else:
            self.cells.pop(0)
            self.cells.append(self._blank(self.columns))

    def _control(self, control: re.Match[str]) -> None:
        final = control["final"]
        if final is None or control["arguments"].startswith("?"):
            return
        numbers = [int(each or 0) for each in control["arguments"].split(";")]
        first = numbers[0]
        if final in "ABCDGH":
            self._move(final, numbers)
        elif final == "K":
            self._erase_in_row(first)
        elif final == "J":
            self._erase_in_screen(first)
        elif final == "P":
            self._delete_cells(max(first, 1))

    def _move(self, final: str, numbers: list[int]) -> None:
        by = max(numbers[0], 1)
        if final == "A":
            self.row -= by
        elif final == "B":
            self.row += by
        elif final == "C":
            self.column += by
        elif final == "D":
            self.column = min(self.column, self.columns - 1) - by
        elif final == "G":
            self.column = by - 1
        else:
            self.row = by - 1
            self.column = max(numbers[1], 1) - 1 if len(numbers) > 1 else 0
        self.row = min(max(self.row, 0), len(self.cells) - 1)
        self.column = min(max(self.column, 0), self.columns - 1)

    def _erase_in_row(self, how: int) -> None:
        first = 0 if how else min(self.column, self.columns - 1)
        last = min(self.column + 1, self.columns) if how == 1 else self.columns
        if how == 0 and self.column >= self.columns:
            return
        for column in range(first, last):
            self.cells[self.row][column] = " "

    def _erase_in_screen(self, how: int) -> None:
        if how == 0:
            self._erase_in_row(0)
        first = self.row + 1 if how == 0 else 0
        last = self.row if how == 1 else len(self.cells)
        for row in range(first, last):
            self.cells[row] = self._blank(self.columns)

    def _delete_cells(self, count: int) -> None:
        cells = self.cells[self.row]
        del cells[self.column:self.column + count]
        cells += self._blank(self.columns - len(cells))
