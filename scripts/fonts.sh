#!/usr/bin/env bash
# Copies the document fonts from the npm packages into certificates/fonts, where the build embeds them.
# FONTS_FROM is the node_modules folder that holds the packages, web/node_modules unless set.
set -euo pipefail
cd "$(dirname "$0")/.."
from=${FONTS_FROM:-web/node_modules}/@expo-google-fonts
to=certificates/fonts

fail() {
	printf '%s\n' "$1" >&2
	exit 1
}

# copy PACKAGE PATH NAME SHA256: checks the hash, then puts the file in place in one step.
copy() {
	local file=$from/$1/$2 got
	[ -f "$file" ] || fail "缺少字体包 @expo-google-fonts/$1@0.4.3，请在 web 目录运行 npm ci / the font package @expo-google-fonts/$1@0.4.3 is not installed: run npm ci in web"
	got=$(sha256sum "$file" | cut -d ' ' -f 1)
	[ "$got" = "$4" ] || fail "字体文件 $file 的 SHA-256 不符，需要 0.4.3 版 / the SHA-256 of $file is not that of version 0.4.3: $got"
	cp "$file" "$to/.$3.new"
	mv "$to/.$3.new" "$to/$3"
}

copy noto-sans-sc 400Regular/NotoSansSC_400Regular.ttf NotoSansSC-Regular.ttf \
	d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16
copy noto-sans-sc 700Bold/NotoSansSC_700Bold.ttf NotoSansSC-Bold.ttf \
	9a38ae0ab28cd5a256f9ea8e00dedc688aac17f7915fcb000572990afa956b96
if [ -d "$from/noto-serif-jp" ]; then # optional: more characters above U+FFFF
	copy noto-serif-jp 400Regular/NotoSerifJP_400Regular.ttf NotoSerifJP-Regular.ttf \
		5a04846a0e23acefae825f2f459205036a166f5a63462019ce3492d07bd20e92
fi
cp "$from/noto-serif-sc/LICENSE_FONT" "$to/OFL.txt"
copy noto-serif-sc 400Regular/NotoSerifSC_400Regular.ttf NotoSerifSC-Regular.ttf \
	c358a69de3df5f423a8946a7b03e3126fb6ba116f1130a463455b4e39e1f0742 # last: make takes it as the sign that all are there
