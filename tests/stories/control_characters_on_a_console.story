# Nothing that the other says is obeyed by the terminal; all of it is shown.
server  listens    on a console
client  connects   server
client  sends      "title \e]0;owned\x07.\n"
server  sees       "From Client : title \\x1b]0;owned\\x07."
client  sends      "clear \e[2J\e[H.\n"
server  sees       "From Client : clear \\x1b[2J\\x1b[H."
client  sends      "clipboard \e]52;c;aGVsbG8=\e\\.\n"
server  sees       "From Client : clipboard \\x1b]52;c;aGVsbG8=\\x1b\\."
client  sends      "one byte \u009b2J\u009d0;owned\u009c.\n"
server  sees       "From Client : one byte \\u009b2J\\u009d0;owned\\u009c."
client  sends      "nul \x00 bell \x07 back \x08 return \rX delete \x7f.\n"
server  sees       "From Client : nul \\x00 bell \\x07 back \\x08 return \\x0dX delete \\x7f."
client  sends      "tab\tstays\n"
server  sees       "From Client : tab\tstays"
client  sends      "quit\n"
client  hears end
client  leaves
server  exits      0
server  never sees "\e]0"
server  never sees "\e]52"
server  never sees "\e[2J"
server  never sees "\u009b"
server  never sees "\u009d"
server  never sees "\x00"
