# A listener that waits for a line, and then writes one.
server  hosts
client  calls      server  on a console
client  sees       "Message >> "
client  types      "1"
server  hears      "1"
server  sends      "2\n"
client  sees       "From Server: 2"
client  types      "3"
server  hears      "3"
server  sends      "quit\n"
client  sees       "From Server: quit"
server  hears end
server  leaves
client  sees       "Disconnected from server"
client  exits      0
