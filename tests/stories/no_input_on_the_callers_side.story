server  hosts
client  calls      server  on pipes  reading nothing
server  sends      "one\n"
client  hears      "one"
server  sends      "two\n"
client  hears      "two"
server  leaves
client  hears end
client  exits      0
