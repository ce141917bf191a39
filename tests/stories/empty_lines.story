# An empty line is a line.
server  listens    on pipes
client  calls      server  on pipes
client  sends      "\n\nx\n\n"
server  hears      ""
server  hears      ""
server  hears      "x"
server  hears      ""
client  types      "quit"
server  hears      "quit"
server  exits      0
client  exits      0
