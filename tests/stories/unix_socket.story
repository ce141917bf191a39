# A path instead of an address, both ways.
server  listens    on a console  at "unix:{folder}/chat"
server  sees       "Server running unix:"
client  calls      "unix:{folder}/chat"  on a console
client  sees       "Message >> "
client  types      "안녕"
server  sees       "From Client : 안녕"
server  types      "hello"
client  sees       "From Server: hello"
client  types      "quit"
client  exits      0
server  exits      0
again   listens    on pipes  at "unix:{folder}/chat"
again   warns      "Server running unix:"
other   connects   again
other   sends      "the path is free again\nquit\n"
again   hears      "the path is free again"
again   hears      "quit"
other   leaves
again   exits      0
