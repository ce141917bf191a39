# What is typed before the prompt stands is not lost.
server  hosts
client  calls      server  on a console
client  types      "early"
client  types      "bird"
server  hears      "early"
server  hears      "bird"
client  types      "quit"
server  hears      "quit"
server  leaves
client  exits      0
