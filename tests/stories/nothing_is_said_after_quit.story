# Lines behind the word belong to no talk: they are not sent, and not shown.
server  listens    on pipes
client  calls      server  on pipes
client  sends      "before\nquit\nafter\n"
server  hears      "before"
server  hears      "quit"
server  hears end
server  exits      0
client  exits      0
two     listens    on pipes
bare    connects   two
bare    sends      "before\nquit\nafter\n"
two     hears      "before"
two     hears      "quit"
bare    hears end
bare    leaves
two     hears end
two     exits      0
