# Ctrl-D in the middle of a line ends nothing, as everywhere.
server  listens    on a console
client  calls      server  on a console
client  sees       "Message >> "
client  half-types "ab"
client  stands at  "Message >> ab"
client  presses    Ctrl-D
client  half-types "c"
client  stands at  "Message >> abc"
client  presses    Enter
server  sees       "From Client : abc"
client  types      "quit"
client  exits      0
server  exits      0
