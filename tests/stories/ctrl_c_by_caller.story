# Ctrl-C ends the program, in good order: the other side hears an end, not a reset.
server  listens    on a console
client  calls      server  on a console
client  sees       "Message >> "
client  types      "hello"
server  sees       "From Client : hello"
client  presses    Ctrl-C
client  exits      130
server  sees       "Connection closed"
server  exits      0
