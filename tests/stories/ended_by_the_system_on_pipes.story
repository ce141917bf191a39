server  listens    on pipes
client  calls      server  on pipes
client  types      "hello"
server  hears      "hello"
client  is sent    SIGINT
client  exits      130
server  hears end
server  ends input
server  exits      0
