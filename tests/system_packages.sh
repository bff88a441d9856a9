#!/usr/bin/env bash
# Install the Debian packages that the named parts need, where that is possible; otherwise say what will be skipped.
set -eu
wanted=()
for part in "$@"; do
  case "$part" in
    chromium)   command -v chromium >/dev/null || wanted+=(chromium) ;;
    postgresql) compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || wanted+=(postgresql) ;;
    postgis)    compgen -G "/usr/share/postgresql/*/extension/postgis.control" >/dev/null || wanted+=(postgresql-postgis) ;;
    gettext)    command -v xgettext >/dev/null || wanted+=(gettext) ;;
    poppler)    command -v pdftotext >/dev/null || wanted+=(poppler-utils) ;;
    libreoffice) command -v soffice >/dev/null || wanted+=(libreoffice-writer-nogui) ;;
    gdal)       command -v ogrinfo >/dev/null || wanted+=(gdal-bin) ;;
    mosquitto)  command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] || wanted+=(mosquitto) ;;
    fonts)      compgen -G "/usr/share/fonts/opentype/noto/NotoSansCJK*" >/dev/null || wanted+=(fonts-noto-cjk) ;;
    java)       command -v java >/dev/null || wanted+=(openjdk-17-jre-headless) ;;
    *)          echo "system_packages: there is no part '$part'" >&2; exit 2 ;;
  esac
done
[ "${#wanted[@]}" -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo "Not installed, and cannot be installed from here: ${wanted[*]}. What needs them is skipped."
  exit 0
fi
echo "Installing ${wanted[*]} …"
{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}"; } \
  >/dev/null 2>&1 || echo "apt-get could not install ${wanted[*]}. What needs them is skipped."
