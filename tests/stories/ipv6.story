server  listens    on a console  at "[::1]:0"
server  sees       "Server running [::1]:"
client  calls      server  on a console
server  sees       "Client connected [::1]:"
client  types      "여섯"
server  sees       "From Client : 여섯"
server  types      "six"
client  sees       "From Server: six"
server  types      "quit"
client  exits      0
server  exits      0
