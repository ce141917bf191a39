# The path of one who was killed is in nobody's way; the path of one who lives is.
first   listens    on pipes  at "unix:{folder}/chat"
first   warns      "Server running"
second  listens    on pipes  at "unix:{folder}/chat"
second  warns      "Socket error"
second  exits      1
first   is sent    SIGKILL
first   exits      -9
third   listens    on pipes  at "unix:{folder}/chat"
third   warns      "Server running"
client  calls      third  on pipes
client  types      "hello"
third   hears      "hello"
client  types      "quit"
third   hears      "quit"
third   exits      0
client  exits      0
