# A locale that this machine has no tables for, and no language that duet has: English, and text whole.
server  listens    on a console  where LANG=xx_YY.UTF-8
client  calls      server  on a console  where LANG=de_DE.UTF-8
server  sees       "Client connected"
client  sees       "Message >> "
client  types      "안녕하세요 👋🏽"
server  sees       "From Client : 안녕하세요 👋🏽"
client  half-types "한글"
client  stands at  "Message >> 한글"
client  presses    Backspace
client  stands at  "Message >> 한"
client  presses    Enter
server  sees       "From Client : 한"
client  types      "quit"
client  exits      0
server  exits      0
