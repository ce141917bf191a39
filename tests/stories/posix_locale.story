# The oldest locale has no letters but ASCII's; the talk has them all the same.
server  listens    on a console  where LC_ALL=C
client  calls      server  on a console  where LC_ALL=POSIX LANG=ko_KR.UTF-8
server  sees       "Client connected"
client  sees       "Message >> "
client  half-types "안녕"
client  stands at  "Message >> 안녕"
client  presses    Backspace
client  stands at  "Message >> 안"
client  half-types "녕하세요 🙂"
client  presses    Enter
server  sees       "From Client : 안녕하세요 🙂"
client  types      "quit"
server  sees       "Connection closed"
client  exits      0
server  exits      0
