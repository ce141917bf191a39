# A line longer than the terminal is wide is sent whole, and shown whole.
server  listens    on a console
client  calls      server  on a console
client  stands at  "Message >> "
client  types      "가나다라마바사아자차카타파하 가나다라마바사아자차카타파하 가나다라마바사아자차카타파하 end"
server  sees       "From Client : 가나다라마바사아자차카타파하 가나다라마바사아자차카타파하 가나다라마바사아자차카타파하 end"
server  stands at  "Message >> "
client  stands at  "Message >> "
client  types      "quit"
client  exits      0
server  exits      0
