# A program that is given nothing to say hears everything, and closes no direction by it.
server  listens    on pipes  reading nothing
client  connects   server
client  sends      "one\n"
server  hears      "one"
client  sends      "two\n"
server  hears      "two"
client  ends input
server  hears end
server  exits      0
client  hears end
