# And if that last line is the word, the talk is over.
server  listens    on a console
client  connects   server
client  sends      "hello\nquit"
server  sees       "From Client : hello"
client  ends input
server  sees       "From Client : quit"
server  sees       "Connection closed"
server  exits      0
client  hears end
