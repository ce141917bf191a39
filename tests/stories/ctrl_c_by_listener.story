server  listens    on a console
client  calls      server  on a console
client  sees       "Message >> "
client  types      "hello"
server  sees       "From Client : hello"
server  half-types "this was not to be sent"
server  stands at  "Message >> this was not to be sent"
server  presses    Ctrl-C
server  exits      130
client  sees       "Disconnected from server"
client  exits      0
client  never sees "this was not"
