#!/bin/sh
# Run as root by dpkg and rpm before the package's own files go. Takes out of people's desktops what the app put there and
# what names it: menu entries of file managers, the start at login and the handler of links. Accounts, folders and state stay.
# It never fails: a package that can not be removed is worse than a menu entry that does nothing.

# dpkg says in words what is happening, rpm how many versions are left. An upgrade changes nothing here.
case "${1:-}" in
  remove | 0) ;;
  *) exit 0 ;;
esac
root=${DPKG_ROOT:-}

# Each person's files are touched with that person's rights, so that no link in a home leads root anywhere.
# shellcheck disable=SC2016 # It is the inner shell that puts the variables in.
clean='
home=$1
program="/opt/RustFS Sync/rustfs-sync-app"
data=$home/.local/share
config=$home/.config

# Ours, and made by the app that goes: the command line has entries of its own.
remove() {
  for file in "$@"; do
    grep -qsF "Made by RustFS Sync" "$file" && grep -qF "$program" "$file" && rm -f -- "$file"
  done
}

# Writes a file anew without what awk leaves out. In place: it may be a link.
without() {
  file=$1
  shift
  [ -f "$file" ] || return 0
  left=$(awk "$@" "$file") && [ "$left" != "$(cat -- "$file")" ] && printf "%s\n" "$left" > "$file"
}

for manager in nautilus nemo caja; do
  remove "$data/$manager-python/extensions/rustfs-sync.py"
  for scripts in "$data/$manager/scripts" "$config/$manager/scripts"; do
    remove "$scripts/Copy RustFS Link" "$scripts/复制 RustFS 链接"
  done
done
remove "$data/kio/servicemenus/rustfs-sync.desktop" "$config/autostart/rustfs-sync.desktop"

without "$config/Thunar/uca.xml" -v program="$program" "
  /<action>/ { inside = 1; action = \"\" }
  inside { action = action \$0 ORS }
  !inside { print }
  /<\/action>/ && inside {
    inside = 0
    if (!(index(action, \"rustfs-sync-copy-link\") && index(action, program))) printf \"%s\", action
  }
  END { if (inside) printf \"%s\", action }"
without "$config/mimeapps.list" "!/^x-scheme-handler\/rustfs-sync=/"
exit 0
'

while IFS=: read -r name _ uid _ _ home _; do
  case $uid in '' | *[!0-9]*) continue ;; esac
  case $home in /?*) ;; *) continue ;; esac
  if [ "$uid" -ge 1000 ] && [ "$uid" -lt 65534 ] && [ -d "$root$home" ]; then
    runuser -u "$name" -- sh -c "$clean" sh "$root$home" < /dev/null > /dev/null 2>&1 || true
  fi
done < "$root/etc/passwd"

echo 'RustFS Sync: accounts, folders and state stay in ~/.local/share/rustfs-sync of each person.'
echo 'Menu entries of the command line (npm) go with: rustfs-sync integrate remove'
exit 0
