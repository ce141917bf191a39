# Ctrl-D ends the talk like a good-bye without words: `quit` is never sent for it.
server  listens    on a console
client  calls      server  on a console
client  sees       "Message >> "
client  types      "bye"
server  sees       "From Client : bye"
client  ends input
client  sees       "Disconnected from server"
server  sees       "Connection closed"
client  exits      0
server  exits      0
server  never sees "quit"
