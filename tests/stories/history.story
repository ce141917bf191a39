# The arrow keys bring back what was said.
server  listens    on a console
client  calls      server  on a console
client  stands at  "Message >> "
client  types      "first"
server  sees       "From Client : first"
client  types      "둘째"
server  sees       "From Client : 둘째"
client  presses    Up
client  stands at  "Message >> 둘째"
client  presses    Up
client  stands at  "Message >> first"
client  presses    Down
client  stands at  "Message >> 둘째"
client  half-types "!"
client  presses    Enter
server  sees       "From Client : 둘째!"
client  types      "quit"
client  exits      0
server  exits      0
