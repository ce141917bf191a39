server  listens    on pipes
client  calls      server  on pipes
client  types      "hello"
server  hears      "hello"
client  is sent    SIGINT
server  hears end
server  ends input
client  exits      130
server  exits      0
