# The same from our own input: a file whose last line has no end.
server  hosts
client  calls      server  on pipes
client  sends      "whole\n그리고 반쪽"
client  ends input
server  hears      "whole"
server  hears      "그리고 반쪽"
server  hears end
server  leaves
client  exits      0
