# Every way to write the word ends a talk, over a bare socket and with \r\n too.
server  listens    on pipes  with --keep
a       connects   server
a       sends      "quit\n"
server  hears      "quit"
a       hears end
a       leaves
server  waits for a caller
b       connects   server
b       sends      "Quit\r\n"
server  hears      "Quit"
b       hears end
b       leaves
server  waits for a caller
c       connects   server
c       sends      "quIT\n"
server  hears      "quIT"
c       hears end
c       leaves
server  waits for a caller
d       connects   server
d       sends      "QUIT\r\n"
server  hears      "QUIT"
d       hears end
