server  listens    on a console
client  calls      server  on a console
server  sees       "Client connected"
server  types      "bye"
client  sees       "From Server: bye"
server  ends input
client  sees       "Disconnected from server"
server  sees       "Connection closed"
client  exits      0
server  exits      0
client  never sees "quit"
