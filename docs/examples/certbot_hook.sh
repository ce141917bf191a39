#!/bin/sh
# Hands a renewed certificate to duetd. For certbot (Let's Encrypt), as
#
#     /etc/letsencrypt/renewal-hooks/deploy/duetd
#
# with `certificate = "/var/lib/duetd/operator.pem"` in the configuration of duetd, which sees by itself that the file is
# another one. Run it once by hand for the certificate that is there already:
#
#     RENEWED_LINEAGE=/etc/letsencrypt/live/chat.example /etc/letsencrypt/renewal-hooks/deploy/duetd
set -eu

data=${DUETD_DATA:-/var/lib/duetd}
new=$data/operator.pem.new

umask 077
cat "$RENEWED_LINEAGE/fullchain.pem" "$RENEWED_LINEAGE/privkey.pem" >"$new"
# Whoever owns the directory is who duetd runs as. It never sees half a file: the name changes hands at once.
chown --reference="$data/." "$new"
mv "$new" "$data/operator.pem"
