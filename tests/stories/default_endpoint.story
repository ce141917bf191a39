stage   has a network of its own
# Where no endpoint is given, it is 127.0.0.1:8000, for both.
server  listens    on a console  at the default
server  sees       "Server running 127.0.0.1:8000"
client  calls      the default  on a console
client  sees       "Message >> "
client  types      "found you"
server  sees       "From Client : found you"
client  types      "quit"
client  exits      0
server  exits      0
