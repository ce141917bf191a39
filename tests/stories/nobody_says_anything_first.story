# There is no greeting: the first line is the first message.
server  listens    on pipes
client  connects   server
server  warns      "Client connected"
server  types      "first"
client  hears      "first"
client  sends      "second\n"
server  hears      "second"
client  sends      "quit\n"
server  hears      "quit"
client  hears end
client  leaves
server  exits      0
