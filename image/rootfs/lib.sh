# SPDX-License-Identifier: Apache-2.0
# Shared by the shell programs of the stick. Read-only helpers; nothing here writes to a device.
run=/run/shodo
PATH=/usr/lib/shodo:/usr/bin:/usr/sbin

log() { echo "$(cut -d' ' -f1 /proc/uptime) $*" >>$run/log; }

# the value of NAME= on the kernel command line
cmdline() { tr ' ' '\n' </proc/cmdline | sed -n "s/^$1=//p" | head -n 1; }

# printable ASCII without quotes and backslashes: names that come from a device
plain() { tr -cd 'A-Za-z0-9 ._/+#-' | sed 's/^ *//; s/ *$//'; }

# the disks of the machine by kernel name; no loop, ram or optical drive
disks() {
    for d in /sys/block/*; do
        case ${d##*/} in loop* | ram* | sr* | fd* | mmcblk*boot* | mmcblk*rpmb) continue ;; esac
        [ "$(cat $d/size 2>/dev/null || echo 0)" -gt 0 ] && echo "${d##*/}"
    done
}

# usb, sd or internal: by the bus the device hangs on, never by its name or by its "removable" flag
transport() {
    case $(readlink -f "/sys/block/$1/device") in
    */usb[0-9]*) echo usb ;;
    *) if [ "$(cat "/sys/block/$1/device/type" 2>/dev/null)" = SD ]; then echo sd; else echo internal; fi ;;
    esac
}

diskseq() { cat "/sys/block/$1/diskseq" 2>/dev/null; }
key_of() { echo "$1#$(diskseq "$1")"; }
partition() { case $1 in *[0-9]) echo "$1p$2" ;; *) echo "$1$2" ;; esac; }
# the GPT id of entry N, read from the disk (the kernel's uevent has no PARTUUID here); empty when there is no GPT or no entry
part_uuid() {
    b=$(cat "/sys/block/$1/queue/logical_block_size" 2>/dev/null || echo 512)
    [ "$(head -c $((b + 8)) "/dev/$1" 2>/dev/null | tail -c 8)" = "EFI PART" ] || return
    x=$(head -c $((2 * b + 128 * $2 - 96)) "/dev/$1" | tail -c 16 | hexdump -e '16/1 "%02x"')
    case $x in '' | 00000000000000000000000000000000) return ;; esac
    echo "${x:6:2}${x:4:2}${x:2:2}${x:0:2}-${x:10:2}${x:8:2}-${x:14:2}${x:12:2}-${x:16:4}-${x:20:12}"
}
part_name() { sed -n 's/^PARTNAME=//p' "/sys/class/block/$(partition "$1" "$2")/uevent" 2>/dev/null; }
bytes_of() { echo $(($(cat "/sys/class/block/$1/size" 2>/dev/null || echo 0) * 512)); }

model_of() {
    for f in "/sys/block/$1/device/model" "/sys/block/$1/device/name"; do
        [ -r "$f" ] && { plain <"$f"; return; }
    done
}

serial_of() {
    for f in "/sys/block/$1/device/serial" "/sys/block/$1/serial"; do
        [ -r "$f" ] && { plain <"$f"; return; }
    done
    p=$(readlink -f "/sys/block/$1/device")
    while [ "${#p}" -gt 12 ]; do
        [ -r "$p/serial" ] && [ -r "$p/idVendor" ] && { plain <"$p/serial"; return; }
        p=${p%/*}
    done
}

# a size for people: decimal units, as printed on the stick
human() {
    if [ "$1" -ge 10000000000 ]; then echo "$(($1 / 1000000000)) GB"
    elif [ "$1" -ge 1000000000 ]; then echo "$(($1 / 1000000000)).$((($1 / 100000000) % 10)) GB"
    else echo "$(($1 / 1000000)) MB"; fi
}
