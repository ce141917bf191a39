# Our own input is over and half-closed; what then comes and is no text is still only an error.
server  listens    on pipes
client  connects   server
server  types      "hi"
server  ends input
client  hears      "hi"
client  sends      "\xff\n"
server  warns      "not text that can be shown"
server  exits      1
