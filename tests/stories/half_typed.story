# What comes in never tears the line that is being typed: it stands above, the line below.
server  listens    on a console
client  calls      server  on a console
server  sees       "Client connected"
server  stands at  "Message >> "
server  half-types "안녕하"
server  stands at  "Message >> 안녕하"
client  types      "are you there?"
server  sees       "From Client : are you there?"
server  shows      "From Client : are you there?"
server  stands at  "Message >> 안녕하"
server  presses    Left
server  stands at  "Message >> 안녕"
client  types      "hello?"
server  shows      "From Client : hello?"
server  stands at  "Message >> 안녕"
server  shows      "Message >> 안녕하"
server  presses    End
server  half-types "세요"
server  presses    Enter
client  sees       "From Server: 안녕하세요"
server  stands at  "Message >> "
client  types      "quit"
client  exits      0
server  exits      0
