# The first of LC_ALL, LC_MESSAGES and LANG that says something decides, with or without a charset.
a       listens    on pipes  where LC_ALL=ko_KR.UTF-8
a       warns      "서버 실행"
b       listens    on pipes  where LC_MESSAGES=ko_KR.UTF-8 LANG=en_GB.UTF-8
b       warns      "서버 실행"
c       listens    on pipes  where LANG=ko_KR
c       warns      "서버 실행"
d       listens    on pipes  where LANG=ko_KR.eucKR
d       warns      "서버 실행"
e       listens    on pipes  where LC_ALL=C.UTF-8 LANG=ko_KR.UTF-8
e       warns      "Server running"
f       listens    on pipes  where LC_ALL=en_GB.UTF-8 LC_MESSAGES=ko_KR.UTF-8 LANG=ko_KR.UTF-8
f       warns      "Server running"
