# Typed at a terminal, with the outputs in pipes: no prefix and no escaping in what goes to the pipe.
server  hosts
client  calls      server  on a keyboard
client  types      "안녕"
server  hears      "안녕"
server  sends      "raw \e[2J 안녕\n"
client  hears      "raw \e[2J 안녕"
server  sends      "next\n"
client  hears      "next"
client  types      "quit"
server  hears      "quit"
server  leaves
client  hears end
client  exits      0
