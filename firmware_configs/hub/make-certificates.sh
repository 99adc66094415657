#!/bin/sh
# Makes an authority and the hub's certificate: make-certificates.sh FOLDER NAME_OR_ADDRESS...
# The names are those that devices have at publish.host. A folder that has an authority keeps it and gets a new
# certificate for the hub. ca.pem goes to every device and client; ca.key stays where it is, best off the hub.
# `make-certificates.sh FOLDER client NAME` makes a certificate for a client, NAME.pem and NAME.key.
set -eu
fail() { echo "error: $*" >&2; exit 1; }
[ $# -ge 2 ] || fail "expected FOLDER and the hub's names or addresses, got $# words"
command -v openssl >/dev/null || fail "expected openssl: apt install openssl"
folder=$1
shift
umask 077
mkdir -p "$folder"
cd "$folder"
days=${DAYS:-825}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Python 3.13 and OpenSSL's strict checks ask for key usage and key identifiers.
if [ ! -e ca.key ]; then
    openssl req -x509 -newkey rsa:3072 -sha256 -nodes -days 3650 -subj "/CN=mimicry hub authority" \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" \
        -addext "keyUsage=critical,keyCertSign,cRLSign" \
        -addext "subjectKeyIdentifier=hash" -keyout ca.key -out ca.pem 2>"$work/log" || fail "$(cat "$work/log")"
fi

sign() {  # FILE SUBJECT USAGE NAMES
    printf '%s\n' "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature,keyEncipherment" \
        "extendedKeyUsage=$3" "subjectKeyIdentifier=hash" "authorityKeyIdentifier=keyid" ${4:+"$4"} >"$work/ext"
    openssl req -newkey rsa:3072 -sha256 -nodes -subj "/CN=$2" -keyout "$1.key" -out "$work/csr" 2>"$work/log" \
        || fail "$(cat "$work/log")"
    openssl x509 -req -in "$work/csr" -CA ca.pem -CAkey ca.key -set_serial "0x$(openssl rand -hex 16)" \
        -sha256 -days "$days" -extfile "$work/ext" -out "$1.pem" 2>"$work/log" || fail "$(cat "$work/log")"
    chmod 644 "$1.pem" ca.pem
}

if [ "$1" = client ]; then
    [ $# = 2 ] || fail "expected FOLDER client NAME"
    case $2 in *[!A-Za-z0-9_-]*|"") fail "expected letters, digits, - and _, got '$2'" ;; esac
    sign "$2" "$2" clientAuth ""
    echo "ok: $folder/$2.pem and $2.key, for $days days"
    exit
fi
names=""
for name in "$@"; do
    case $name in
        *[!A-Za-z0-9.:-]*) fail "expected a host name or an address, got '$name'" ;;
        *:*) kind=IP ;;
        *[!0-9.]*) kind=DNS ;;
        *) kind=IP ;;
    esac
    names="$names${names:+,}$kind:$name"
done
sign hub "$1" serverAuth "subjectAltName=$names"
echo "ok: $folder/ca.pem, hub.pem and hub.key for $*, for $days days"
