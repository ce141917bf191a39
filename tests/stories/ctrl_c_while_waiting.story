# Nobody has called yet.
server  listens    on a console
server  sees       "Server running"
server  presses    Ctrl-C
server  exits      130
