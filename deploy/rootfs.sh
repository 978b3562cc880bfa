#!/bin/sh
# Makes the root file system of the container image: the executable, the few C libraries that it
# is linked with, the certificate authorities of this system, and nothing else: no shell, no
# package manager. Used by the Dockerfile and by scripts/image.ts.
# Usage: rootfs.sh EXECUTABLE FOLDER
set -eu
executable=$1
root=$2

install -D -m 0755 "$executable" "$root/usr/bin/entrepot"
ldd "$executable" | grep -oE '/[^ ]+\.so[^ ]*' | while read -r library; do
  install -D -m 0755 "$library" "$root$library"
done

mkdir -p "$root/etc/ssl/certs" "$root/data" "$root/tmp" "$root/proc" "$root/dev" "$root/sys"
chmod 1777 "$root/tmp"
chmod 0700 "$root/data"
chown 65532:65532 "$root/data"
if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
  install -m 0644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
fi
echo 'entrepot:x:65532:65532:Entrepot:/data:/sbin/nologin' >"$root/etc/passwd"
echo 'entrepot:x:65532:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
