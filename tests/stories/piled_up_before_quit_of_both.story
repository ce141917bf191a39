# Even if much is still under way in both directions when the word comes.
server  hosts
client  calls      server  on pipes
server  pours      1 MiB
client  pours      1 MiB
client  types      "quit"
server  hears all of client
server  hears      "quit"
server  sends      "quit\n"
client  hears all of server
client  hears      "quit"
server  hears end
server  leaves
client  hears end
client  exits      0
