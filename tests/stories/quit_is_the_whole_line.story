# A line that only holds the word among others is a line like any other.
server  listens    on pipes
client  calls      server  on pipes
client  types      "quit smoking"
server  hears      "quit smoking"
client  types      "I quit"
server  hears      "I quit"
client  types      "quits"
server  hears      "quits"
server  types      "\"quit\""
client  hears      "\"quit\""
server  types      "quit"
client  hears      "quit"
client  hears end
server  hears end
client  exits      0
server  exits      0
