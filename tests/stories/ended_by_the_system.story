# SIGTERM is Ctrl-C from somebody else.
server  listens    on a console
client  calls      server  on a console
client  sees       "Message >> "
client  types      "hello"
server  sees       "From Client : hello"
server  is sent    SIGTERM
server  exits      143
client  sees       "Disconnected from server"
client  exits      0
