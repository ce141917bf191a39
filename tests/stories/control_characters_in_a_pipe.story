# A pipe is no terminal: there every byte passes as it came.
server  listens    on pipes
client  connects   server
client  sends      "\e]0;title\x07 \e[2J \e]52;c;eA==\e\\ \u009b2J nul \x00 \x08 a\rb \x7f \t.\n"
server  hears      "\e]0;title\x07 \e[2J \e]52;c;eA==\e\\ \u009b2J nul \x00 \x08 a\rb \x7f \t."
server  sends      "\e[31mred\e[0m \x00\n"
client  hears      "\e[31mred\e[0m \x00"
client  sends      "quit\n"
server  hears      "quit"
client  leaves
server  exits      0
