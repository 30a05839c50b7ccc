#!/bin/sh
# A certificate for trying things out, signed by itself: deploy/certificate.sh FILE [HOST]. Leaves a file that exists.
# For guests use one that browsers trust, certificate chain and key in one file.
set -eu
file=${1:?use: deploy/certificate.sh FILE [HOST]}
host=${2:-localhost}
[ -e "$file" ] && exit 0
mkdir -p "$(dirname "$file")"
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj "/CN=$host" \
  -addext "subjectAltName=DNS:$host,IP:127.0.0.1" -keyout "$file.key" -out "$file.crt" 2>/dev/null
cat "$file.crt" "$file.key" > "$file"
rm "$file.crt" "$file.key"
