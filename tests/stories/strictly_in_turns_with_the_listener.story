# A caller that writes a line and then waits for one, and never does otherwise.
server  listens    on a console
client  connects   server
client  sends      "1\n"
server  sees       "From Client : 1"
server  types      "2"
client  hears      "2"
client  sends      "3\n"
server  sees       "From Client : 3"
server  types      "4"
client  hears      "4"
client  sends      "quit\n"
server  sees       "From Client : quit"
client  hears end
client  leaves
server  exits      0
