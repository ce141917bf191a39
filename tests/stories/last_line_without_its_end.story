# A last line is a line, even if its end never came.
server  listens    on pipes
client  connects   server
client  sends      "whole\nnot whole"
server  hears      "whole"
client  ends input
server  hears      "not whole"
server  hears end
server  ends input
client  hears end
server  exits      0
