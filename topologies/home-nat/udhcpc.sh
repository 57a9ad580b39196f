#!/bin/sh
# What udhcpc asks for when it has heard from a server: see busybox udhcpc --help.
case $1 in
bound | renew)
    ip -4 address flush dev "$interface"
    ip -4 address add "$ip/$mask" dev "$interface"
    ip -4 route replace default via "$router"
    echo "nameserver $dns" >/etc/resolv.conf
    ;;
deconfig) ip -4 address flush dev "$interface" ;;
esac
