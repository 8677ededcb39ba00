#!/usr/bin/env bash
# Installs what is missing on Debian; elsewhere it says what to install. Usage: deps.sh run|test
set -euo pipefail
what=${1:-run}

fail() {
	printf '缺少依赖 / missing: %s\n' "$1" >&2
	exit 1
}

command -v go >/dev/null || fail "Go 1.26 or later (https://go.dev/dl)"
command -v node >/dev/null || fail "Node.js 20.19 or later"
node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a===20&&b>=19)?0:1)' ||
	fail "Node.js 20.19 or later; this is $(node --version)"

has_postgres() {
	command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}
has_font() { fc-list 2>/dev/null | grep -i 'noto.*cjk' >/dev/null; } # grep -q would end fc-list early and pipefail call that a failure

has_preflight() { # PDFBox's checker of PDF/A
	command -v java >/dev/null && [ -e /usr/share/java/preflight.jar ] && [ -e /usr/share/java/jaxb-api.jar ]
}

packages=()
if [ -z "${HENGJIAN_DATABASE_URL:-}" ] || [ "$what" = test ]; then
	has_postgres || packages+=(postgresql)
fi
if [ "$what" = test ]; then
	command -v curl >/dev/null || packages+=(curl)
	command -v gcc >/dev/null || packages+=(gcc libc6-dev)
	[ -x /usr/bin/chromium ] || packages+=(chromium)
	has_font || packages+=(fonts-noto-cjk fontconfig)
	command -v pdftoppm >/dev/null || packages+=(poppler-utils)
	command -v zbarimg >/dev/null || packages+=(zbar-tools)
	command -v dmtxread >/dev/null || packages+=(dmtx-utils)
	command -v qpdf >/dev/null || packages+=(qpdf)
	command -v openssl >/dev/null || packages+=(openssl)
	command -v certutil >/dev/null || packages+=(libnss3-tools)
	command -v softhsm2-util >/dev/null || packages+=(softhsm2)
	has_preflight || packages+=(default-jre-headless libpdfbox2-java libjaxb-api-java)
	[ -e /usr/share/unicode/Unihan_OtherMappings.txt.bz2 ] || packages+=(unicode-data)
fi
[ ${#packages[@]} -eq 0 ] && exit 0

echo "== installing ${packages[*]}"
command -v apt-get >/dev/null || fail "${packages[*]} (install them with this system's package manager)"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || fail "${packages[*]}; run as root: apt-get install -y ${packages[*]}"
	as_root=(sudo)
fi
# Debian's postgresql package would start a server of its own; Hengjian brings up a private one.
if [[ " ${packages[*]} " == *" postgresql "* ]]; then
	"${as_root[@]}" mkdir -p /etc/postgresql-common
	[ -e /etc/postgresql-common/createcluster.conf ] ||
		echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y --no-install-recommends "${packages[@]}"; } >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	fail "${packages[*]}: apt-get could not install them (see above)"
fi
