# On this machine alone, both do without the option and say what they do.
server  runs       duet listen "127.0.0.1:0"  on a console
server  sees       "plain"
client  runs       duet call "{server}"  on a console
client  sees       "plain"
server  sees       "Client connected"
client  types      "hello"
server  sees       "From Client : hello"
client  types      "quit"
client  exits      0
server  exits      0
six     runs       duet listen "[::1]:0"  on pipes
six     warns      "plain"
path    runs       duet listen "unix:{folder}/chat"  on pipes
path    warns      "plain"
