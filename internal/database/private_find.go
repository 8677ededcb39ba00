//go:build linux || darwin

package database

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hengjian/internal/errs"
)

// minMajor is the oldest PostgreSQL whose SQL our schema is written for.
const minMajor = 15

// binariesVariable names the folder of initdb and postgres when they are in no usual place.
const binariesVariable = "HENGJIAN_POSTGRES_BIN"

// usualPlaces are where packages put PostgreSQL's server programs: Debian, RPM, Alpine, Homebrew, Postgres.app.
var usualPlaces = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/usr/libexec/postgresql*",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// findBinaries returns the folder with initdb and postgres: explicit, or of $HENGJIAN_POSTGRES_BIN, or PATH, or the
// usual places with the newest first. major picks the version of an existing cluster; 0 means any that we can use.
func findBinaries(ctx context.Context, explicit string, major int) (string, error) {
	if explicit == "" {
		explicit = os.Getenv(binariesVariable)
	}
	candidates := searchBinaries()
	if explicit != "" {
		abs, err := filepath.Abs(explicit) // the server runs in another folder than we
		if err != nil {
			return "", err
		}
		candidates = []string{abs}
	}
	return pickBinaries(ctx, candidates, explicit, major)
}

func pickBinaries(ctx context.Context, candidates []string, explicit string, major int) (string, error) {
	var found []string
	for _, dir := range candidates {
		have, err := majorOf(ctx, dir)
		switch {
		case err != nil:
		case have == major, major == 0 && have >= minMajor:
			return dir, nil
		default:
			found = append(found, strconv.Itoa(have))
		}
	}
	switch {
	case major != 0:
		return "", wrongMajor(major, found)
	case explicit != "":
		return "", errs.New(errs.Unavailable, "postgresql_missing",
			fmt.Sprintf("%s 中没有可用的 PostgreSQL（需要 initdb 与 postgres，%d 或更高版本）", explicit, minMajor),
			fmt.Sprintf("%s holds no PostgreSQL that can be used (initdb and postgres, %d or newer)", explicit, minMajor))
	}
	return "", errs.New(errs.Unavailable, "postgresql_missing",
		fmt.Sprintf("未找到 PostgreSQL %d 或更高版本，请先安装：apt-get install postgresql", minMajor),
		fmt.Sprintf("PostgreSQL %d or newer is not installed; install it: apt-get install postgresql", minMajor))
}

func wrongMajor(major int, found []string) error {
	zh, en := "没有找到", "none was found"
	if len(found) > 0 {
		zh, en = "只找到 "+strings.Join(found, "、"), "only "+strings.Join(found, ", ")+" was found"
	}
	return errs.New(errs.Unavailable, "postgresql_major",
		fmt.Sprintf("数据由 PostgreSQL %d 创建，%s，请安装：apt-get install postgresql-%d", major, zh, major),
		fmt.Sprintf("the data was made by PostgreSQL %d and %s; install it: apt-get install postgresql-%d", major, en, major))
}

func searchBinaries() []string {
	var dirs []string
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(initdb); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	for _, pattern := range usualPlaces {
		places, err := filepath.Glob(pattern)
		if err != nil {
			continue // a pattern of ours that does not parse finds nothing; TestUsualPlaces watches them
		}
		slices.SortFunc(places, func(a, b string) int { return numberIn(b) - numberIn(a) })
		dirs = append(dirs, places...)
	}
	return dirs
}

var digits = regexp.MustCompile(`[0-9]+`)

// numberIn is the first number of a path: PostgreSQL's major version in all usual places.
func numberIn(path string) int {
	n, err := strconv.Atoi(digits.FindString(path))
	if err != nil {
		return 0
	}
	return n
}

var versionLine = regexp.MustCompile(`^postgres \(PostgreSQL\) ([0-9]+)`)

// majorOf asks the postgres in dir for its major version; an error when initdb or postgres are not there.
func majorOf(ctx context.Context, dir string) (int, error) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return 0, err
	}
	m := versionLine.FindSubmatch(out)
	if m == nil {
		return 0, errors.New("not PostgreSQL")
	}
	return strconv.Atoi(string(m[1]))
}

// clusterMajor reads the major version of the cluster in data; 0 when there is none yet.
func clusterMajor(data string) (int, error) {
	b, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if err == nil {
		return strconv.Atoi(strings.TrimSpace(string(b)))
	}
	if !errors.Is(err, os.ErrNotExist) {
		return 0, err
	}
	entries, err := os.ReadDir(data)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, err
	}
	if len(entries) > 0 {
		return 0, errs.New(errs.Conflict, "not_a_cluster",
			data+" 不是 PostgreSQL 数据目录，且不为空", data+" is not a PostgreSQL cluster, and not empty")
	}
	return 0, nil
}
