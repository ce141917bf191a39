# The \r of a \r\n is dropped; one in the middle of a line, or before another \r, is text.
server  listens    on pipes
client  connects   server
client  sends      "windows\r\n"
server  hears      "windows"
client  sends      "\r\n"
server  hears      ""
client  sends      "\n"
server  hears      ""
client  sends      "a\rb\r\n"
server  hears      "a\rb"
client  sends      "twice\r\r\n"
server  hears      "twice\r"
client  sends      "cut here\r"
client  sends      "\nand on\n"
server  hears      "cut here"
server  hears      "and on"
client  sends      "quit\r\n"
server  hears      "quit"
client  leaves
server  exits      0
