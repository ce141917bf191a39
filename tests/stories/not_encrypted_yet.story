stage    has a network of its own
# Without --plain nothing goes to another machine in clear: duet says how to ask for that, and has
# opened no socket to find that out.
listener runs      duet listen ":8000"  on pipes
listener warns     "duet listen --plain :8000"
listener exits     2
taken    hosts     "0.0.0.0:8000"
listener runs      duet listen ":8000"  on pipes
listener warns     "duet listen --plain :8000"
listener exits     2
caller   runs      duet call "192.0.2.1:8000"  on pipes
caller   warns     "duet call --plain 192.0.2.1:8000"
caller   exits     2
caller6  runs      duet call "[2001:db8::1]:8000"  on pipes
caller6  warns     "duet call --plain [2001:db8::1]:8000"
caller6  exits     2
