# What a second caller says at once is neither shown nor does it turn `busy` into a reset.
server  listens    on pipes
client  calls      server  on pipes
client  types      "we are two"
server  hears      "we are two"
third   connects   server
third   sends      "let me in\nquit\n"
third   hears      "busy"
third   hears end
client  types      "still two"
server  hears      "still two"
client  types      "quit"
server  hears      "quit"
server  hears end
client  exits      0
server  exits      0
