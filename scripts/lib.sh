# Shared by the scripts of this folder; source it.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VERSION=$(sed -n 's:^  <version>\(.*\)</version>$:\1:p' "$ROOT/pom.xml" | head -n 1)
INSTALLATION=$ROOT/dist/target/installation/cadastre-$VERSION
export LC_ALL=C.UTF-8

say() { printf '\n== %s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# JDK 17 or later and Maven 3.8 or later, or the words for what to install.
check_tools() {
  command -v javac >/dev/null || die "A JDK 17 is needed (javac was not found). On Debian: apt-get install openjdk-17-jdk-headless"
  local java_version
  java_version=$(javac -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  [ "${java_version:-0}" -ge 17 ] || die "A JDK 17 is needed; javac is version ${java_version:-unknown}. On Debian: apt-get install openjdk-17-jdk-headless"
  command -v mvn >/dev/null || die "Maven is needed (mvn was not found). On Debian: apt-get install maven"
}

# Builds the installation if it is missing or older than a source.
build_if_needed() {
  check_tools
  if [ ! -x "$INSTALLATION/bin/cadastre" ] || [ -n "$(find "$ROOT" -path "$ROOT/*/target" -prune -o \
      \( -name '*.java' -o -name '*.proto' -o -name 'pom.xml' \) -newer "$INSTALLATION/bin/cadastre" -print -quit)" ]; then
    say "Building (the first time takes some minutes)"
    (cd "$ROOT" && mvn -q -DskipTests -pl dist -am package)
    touch "$INSTALLATION/bin/cadastre"
  fi
}

cadastre() { "$ROOT/scripts/cadastre" "$@"; }
