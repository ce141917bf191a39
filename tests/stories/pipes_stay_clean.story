# In pipes, standard output has the other's lines and nothing else.
server  listens    on pipes
client  calls      server  on pipes
client  types      "one"
server  hears      "one"
server  types      "two"
client  hears      "two"
client  types      "quit"
server  hears      "quit"
server  hears end
client  hears end
server  warns      "Server running 127.0.0.1:"
server  warns      "Client connected 127.0.0.1:"
server  warns      "Connection closed"
client  warns      "Disconnected from server"
server  exits      0
client  exits      0
server  never sees "Message >>"
server  never sees "From Client"
client  never sees "Message >>"
client  never sees "From Server"
