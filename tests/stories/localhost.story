# A name, of which one address may have nobody: the others are tried.
server  listens    on a console  at "localhost:0"
client  calls      "localhost:{server.port}"  on a console
client  sees       "Message >> "
client  types      "by name"
server  sees       "From Client : by name"
client  types      "quit"
client  exits      0
server  exits      0
four    listens    on a console  at "127.0.0.1:0"
client  calls      "localhost:{four.port}"  on a console
client  sees       "Message >> "
client  types      "by name again"
four    sees       "From Client : by name again"
client  types      "quit"
client  exits      0
four    exits      0
