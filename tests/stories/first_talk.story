# Two people talk, both ways, in any order.
server  listens    on a console
server  sees       "Server running 127.0.0.1:"
client  calls      server  on a console
server  sees       "Client connected 127.0.0.1:"
client  types      "안녕하세요"
server  sees       "From Client : 안녕하세요"
server  types      "hello 🙂"
client  sees       "From Server: hello 🙂"
server  types      "and once more before you answer"
client  sees       "From Server: and once more before you answer"
client  types      "quit"
client  sees       "Disconnected from server"
server  sees       "From Client : quit"
server  sees       "Connection closed"
client  exits      0
server  exits      0
