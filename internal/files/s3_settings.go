package files

import (
	"net"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"

	"hengjian/internal/errs"
)

// Settings say where in S3 contents are kept.
type Settings struct {
	Endpoint  string // host, or host:port
	Region    string // asked of the server where it is empty
	Bucket    string
	Prefix    string // in front of all keys, without a slash at its ends; may be empty
	Insecure  bool   // plain HTTP
	AccessKey string
	SecretKey string
}

// String leaves the credentials out, so that no log holds them.
func (s Settings) String() string {
	return "s3://" + path.Join(s.Bucket, s.Prefix) + " at " + s.Endpoint
}

// GoString is String, for %#v.
func (s Settings) GoString() string { return s.String() }

// s3Scheme is how the address of a place in S3 begins.
const s3Scheme = "s3://"

// IsS3 tells the address of a place in S3 from a folder.
func IsS3(address string) bool { return strings.HasPrefix(address, s3Scheme) }

var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	prefixName = regexp.MustCompile(`^[A-Za-z0-9._=-]+(/[A-Za-z0-9._=-]+)*$`)
)

// ParseSettings reads s3://bucket/prefix?endpoint=host:port&region=…&insecure=true. Faults are told without the address,
// which may hold what it should not.
func ParseSettings(address string) (Settings, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" {
		return Settings{}, errs.New(errs.Invalid, "files_address", "文件存储地址须形如 s3://存储桶/前缀?endpoint=主机:端口",
			"the address of the file store has the form s3://bucket/prefix?endpoint=host:port")
	}
	var l errs.List
	if u.User != nil {
		l.Add("files", "credentials", "地址中不得含密钥，请用环境变量", "no credentials in the address: they belong in the environment")
	}
	s := Settings{Bucket: u.Host, Prefix: strings.Trim(u.Path, "/")}
	if !bucketName.MatchString(s.Bucket) {
		l.Add("files.bucket", "bucket", "存储桶名称无效", "the name of the bucket is not valid")
	}
	if s.Prefix != "" && (!prefixName.MatchString(s.Prefix) || path.Clean(s.Prefix) != s.Prefix || strings.HasPrefix(s.Prefix, "..")) {
		l.Add("files.prefix", "prefix", "前缀只能含字母、数字和 . _ = - /", "a prefix has letters, digits and . _ = - / only")
	}
	s.query(u.RawQuery, &l)
	return s, l.Err()
}

func (s *Settings) query(raw string, l *errs.List) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		l.Add("files", "query", "地址中?之后的部分无法识别", "what follows the ? in the address cannot be read")
	}
	for name, v := range values {
		if len(v) != 1 {
			l.Add("files."+name, "repeated", "参数重复", "given more than once")
			continue
		}
		switch name {
		case "endpoint":
			s.Endpoint = v[0]
		case "region":
			s.Region = v[0]
		case "insecure":
			if s.Insecure, err = strconv.ParseBool(v[0]); err != nil {
				l.Add("files.insecure", "insecure", "须为true或false", "is true or false")
			}
		default:
			l.Add("files."+name, "unknown", "未知参数（密钥只能放在环境变量中）", "is not known here (credentials belong in the environment)")
		}
	}
	if !validEndpoint(s.Endpoint) {
		l.Add("files.endpoint", "endpoint", "须给出 endpoint=主机:端口", "give endpoint=host:port, without https://")
	}
}

func validEndpoint(endpoint string) bool {
	host, port, err := net.SplitHostPort(endpoint)
	if err != nil {
		host = endpoint
	} else if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return false
	}
	return host != "" && !strings.ContainsAny(host, "/@?# ")
}
