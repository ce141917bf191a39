# The listener's `quit` does the same.
server  listens    on a console
client  calls      server  on a console
server  sees       "Client connected"
server  sees       "Message >> "
server  types      "QUIT"
client  sees       "From Server: QUIT"
client  sees       "Disconnected from server"
server  sees       "Connection closed"
client  exits      0
server  exits      0
