# Input from a pipe, shown on a terminal: no prompt, but prefix and escaping.
server  hosts
client  calls      server  on a screen
client  types      "안녕"
server  hears      "안녕"
server  sends      "raw \e[2J\n"
client  shows      "From Server: raw \\x1b[2J"
server  sends      "quit\n"
client  shows      "From Server: quit"
server  hears end
server  leaves
client  exits      0
client  never sees "Message >>"
