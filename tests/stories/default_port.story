stage   has a network of its own
# A host alone is a host at port 8000; a port alone is every address here.
server  listens    on a console  at ":8000"  with --keep
server  sees       "Server running"
client  calls      "127.0.0.1"  on a console
client  sees       "Message >> "
client  types      "hello"
server  sees       "From Client : hello"
client  types      "quit"
client  exits      0
server  waits for a caller
six     calls      "::1"  on a console
six     sees       "Message >> "
six     types      "hello from six"
server  sees       "From Client : hello from six"
six     types      "quit"
six     exits      0
server  waits for a caller
short   calls      ":8000"  on a console
short   sees       "Message >> "
short   types      "hello from short"
server  sees       "From Client : hello from short"
short   types      "quit"
short   exits      0
server  waits for a caller
named   calls      "localhost"  on a console
named   sees       "Message >> "
named   types      "hello from named"
server  sees       "From Client : hello from named"
named   types      "quit"
named   exits      0
server  waits for a caller
server  presses    Ctrl-C
server  exits      130
