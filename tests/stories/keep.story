# With --keep the next caller is waited for, however the last talk ended.
server  listens    on a console  with --keep
a       connects   server
a       sends      "first\nquit\n"
server  sees       "From Client : first"
a       hears end
a       leaves
server  waits for a caller
b       connects   server
b       sends      "second\n"
server  sees       "From Client : second"
b       leaves
server  waits for a caller
c       connects   server
c       sends      "third\n"
server  sees       "From Client : third"
server  types      "quit"
c       hears      "quit"
c       hears end
c       leaves
server  waits for a caller
d       calls      server  on a console
d       types      "fourth"
server  sees       "From Client : fourth"
server  types      "hello fourth"
d       sees       "From Server: hello fourth"
d       types      "quit"
d       exits      0
server  waits for a caller
server  presses    Ctrl-C
server  exits      130
