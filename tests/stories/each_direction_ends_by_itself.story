# On pipes the end of one direction says nothing about the other.
server  listens    on pipes
client  calls      server  on pipes
client  types      "that is all from me"
client  ends input
server  hears      "that is all from me"
server  hears end
server  types      "but I have more"
client  hears      "but I have more"
server  types      "and more"
client  hears      "and more"
server  ends input
client  hears end
client  exits      0
server  exits      0
