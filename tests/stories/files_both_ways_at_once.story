# Two files, each piped to the other at the same time, are the same there, byte for byte.
server  listens    on pipes
client  calls      server  on pipes
server  pours      4 MiB
client  pours      3 MiB
server  ends input
client  ends input
server  hears all of client
client  hears all of server
server  hears end
client  hears end
server  exits      0
client  exits      0
