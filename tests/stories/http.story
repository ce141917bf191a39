# A browser, or a scanner that speaks HTTP, is answered in its language, and is no caller.
server  listens    on a console
a       connects   server
a       sends      "GET / HTTP/1.1\r\nHost: duet\r\nUser-Agent: x\r\n\r\n"
a       sees       "HTTP/1.1 400 "
a       leaves
server  waits for a caller
b       connects   server
b       sends      "POST /say HTTP/1.1\r\nContent-Length: 3\r\n\r\nhey"
b       sees       "HTTP/1.1 400 "
b       leaves
server  waits for a caller
c       connects   server
c       sends      "OPTIONS * HTTP/1.0\r\n\r\n"
c       sees       "HTTP/1.1 400 "
c       leaves
server  waits for a caller
client  calls      server  on a console
client  sees       "Message >> "
client  types      "GET well soon"
server  sees       "From Client : GET well soon"
client  types      "GET / HTTP/1.1"
server  sees       "From Client : GET / HTTP/1.1"
client  types      "quit"
client  exits      0
server  exits      0
server  never sees "Host: duet"
server  never sees "POST"
server  never sees "OPTIONS"
server  never sees "hey"
