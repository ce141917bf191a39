# All that was said before `quit` reaches the other, although both close.
server  listens    on pipes
client  calls      server  on pipes
client  pours      2 MiB
client  types      "quit"
server  hears all of client
server  hears      "quit"
server  hears end
server  exits      0
client  exits      0
