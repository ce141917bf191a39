# What a pipe held has all arrived, and its end ends the talk of the one who sits at a console.
server  listens    on a console
client  calls      server  on pipes
client  sends      "one\ntwo\nthree\n"
client  ends input
server  sees       "From Client : one"
server  sees       "From Client : two"
server  sees       "From Client : three"
server  sees       "Connection closed"
server  exits      0
client  hears end
client  warns      "Disconnected from server"
client  exits      0
server  never sees "quit"
