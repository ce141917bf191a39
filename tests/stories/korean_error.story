client  calls      "127.0.0.1:1"  on pipes  where LANG=ko_KR.UTF-8
client  warns      "소켓통신에러"
client  exits      1
