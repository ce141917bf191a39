# Every event in Korean.
server  listens    on a console  where LANG=ko_KR.UTF-8
server  sees       "서버 실행"
client  calls      server  on a console  where LANG=ko_KR.UTF-8
server  sees       "Client 연결됨"
server  stands at  "전송할 메세지 >> "
client  stands at  "전송할 메세지 >> "
client  types      "안녕하세요"
server  sees       "From Client : 안녕하세요"
server  types      "반갑습니다"
client  sees       "From Server: 반갑습니다"
server  types      "quit"
server  sees       "연결종료"
client  sees       "서버연결종료"
client  exits      0
server  exits      0
