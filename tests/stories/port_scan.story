# Whoever leaves before a line went either way was no caller, and the waiting goes on.
server  listens    on a console
a       connects   server
server  sees       "Client connected"
a       leaves
server  waits for a caller
b       connects   server
server  sees       "Client connected"
b       resets
server  waits for a caller
c       connects   server
server  sees       "Client connected"
c       ends input
c       hears end
c       leaves
server  waits for a caller
d       connects   server
server  sees       "Client connected"
d       sends      "no line yet"
busy    calls      server  on a console
busy    sees       "busy"
busy    exits      0
d       resets
server  waits for a caller
client  calls      server  on a console
server  sees       "Client connected"
client  sees       "Message >> "
client  types      "here I am"
server  sees       "From Client : here I am"
client  types      "quit"
client  exits      0
server  exits      0
