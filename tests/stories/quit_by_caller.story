# The caller's `quit` ends the talk on both sides, and is shown.
server  listens    on a console
client  calls      server  on a console
client  sees       "Message >> "
client  types      "qUiT"
server  sees       "From Client : qUiT"
server  sees       "Connection closed"
client  sees       "Disconnected from server"
client  exits      0
server  exits      0
