# Netcat does not go when we do. The end of a talk has a limit, and is a good end all the same.
server  listens    on a console
client  connects   server
client  sends      "hello\n"
server  sees       "From Client : hello"
server  types      "quit"
client  hears      "quit"
client  hears end
server  sees       "Connection closed"
server  exits      0
