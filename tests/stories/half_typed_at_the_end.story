# The other ends the talk while a line is half typed: it was never sent, and the terminal is in order.
server  listens    on a console
client  calls      server  on a console
server  sees       "Client connected"
server  half-types "wait, I"
server  stands at  "Message >> wait, I"
client  types      "quit"
server  shows      "From Client : quit"
server  shows      "Connection closed"
server  exits      0
client  exits      0
client  never sees "wait"
