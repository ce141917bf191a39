# The usual keys, on letters that are several bytes long and two columns wide.
server  listens    on a console
client  calls      server  on a console
client  stands at  "Message >> "
client  half-types "가나다 👨‍👩‍👧"
client  presses    Backspace
client  stands at  "Message >> 가나다 "
client  presses    Ctrl-A
client  stands at  "Message >> "
client  presses    Right
client  stands at  "Message >> 가"
client  presses    Delete
client  shows      "Message >> 가다"
client  half-types "b"
client  stands at  "Message >> 가b"
client  presses    Ctrl-K
client  presses    Ctrl-A
client  half-types "x"
client  shows      "Message >> x가b"
client  presses    Ctrl-E
client  stands at  "Message >> x가b"
client  presses    Enter
server  sees       "From Client : x가b"
client  half-types "one two"
client  presses    Ctrl-W
client  stands at  "Message >> one "
client  presses    Ctrl-U
client  stands at  "Message >> "
client  types      "quit"
client  exits      0
server  exits      0
