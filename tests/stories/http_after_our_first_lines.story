# What a pipe held for a person has gone to a stray browser: that is told, and the waiting goes on.
server   listens    on pipes
server   types      "for a person"
browser  connects   server
browser  hears      "for a person"
browser  sends      "GET / HTTP/1.1\r\n\r\n"
browser  sees       "HTTP/1.1 400 Bad Request"
server   warns      "Perhaps never read (1)"
server   warns      "for a person"
browser  ends input
person   connects   server
person   sends      "quit\n"
server   hears      "quit"
server   exits      0
