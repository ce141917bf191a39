stage   has a network of its own
# Who listens on this machine alone is told how others could call.
server  listens    on pipes  at the default
server  warns      "duet listen --plain :8000"
server  is sent    SIGTERM
server  exits      143
open    listens    on pipes  at ":8000"
open    warns      "Server running"
open    is sent    SIGTERM
open    exits      143
open    never sees "duet listen"
