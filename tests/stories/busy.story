# Duet is one to one: a second caller hears so, and the talk notices nothing.
server  listens    on a console
client  calls      server  on a console
client  sees       "Message >> "
client  types      "we are two"
server  sees       "From Client : we are two"
third   connects   server
third   hears      "busy"
third   hears end
fourth  calls      server  on a console
fourth  sees       "busy"
fourth  exits      0
client  types      "still two"
server  sees       "From Client : still two"
server  types      "yes"
client  sees       "From Server: yes"
client  types      "quit"
client  exits      0
server  exits      0
