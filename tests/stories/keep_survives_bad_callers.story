# One who breaks the language, and one who resets, end their own talk only.
server  listens    on pipes  with --keep
a       connects   server
a       sends      "hello\n\xff\xfe\n"
server  hears      "hello"
a       sees       "duet: "
a       leaves
server  waits for a caller
b       connects   server
b       sends      "hello again\n"
server  hears      "hello again"
b       resets
server  waits for a caller
c       connects   server
c       sends      "and again\n"
server  hears      "and again"
c       sends      "quit\n"
server  hears      "quit"
c       hears end
