package cms

import "hengjian/internal/errs"

// What can be wrong with a signature, each in its own words.
var (
	errShape = errs.New(errs.Invalid, "signature_form", "签名数据的结构不符合要求",
		"the signature is not built as it must be")
	errScheme = errs.New(errs.Invalid, "signature_scheme", "签名使用的算法不是此处所用的算法",
		"the signature is by another algorithm than those used here")
	errChanged = errs.New(errs.Invalid, "signature_changed", "签名之后内容已被改动",
		"the content was changed after it was signed")
	errForged = errs.New(errs.Invalid, "signature_invalid", "签名与签名证书的公钥不符",
		"the signature is not by the key of its certificate")
	errUsage = errs.New(errs.Invalid, "certificate_usage", "证书的密钥用法不允许签名",
		"the certificate is not for signing (key usage)")
	errExpired = errs.New(errs.Blocked, "certificate_expired", "证书不在有效期内",
		"the certificate is not within its time of validity")
	errUntrusted = errs.New(errs.Invalid, "certificate_untrusted", "证书不是由受信任的机构签发的",
		"the certificate does not come from an authority that is trusted")
	errWeak = errs.New(errs.Invalid, "certificate_weak", "证书的密钥须为 2048 位以上的 RSA、P-256 以上的 ECDSA，或 SM2",
		"the key of the certificate must be RSA of 2048 bits or more, ECDSA on P-256 or more, or SM2")
	errMismatch = errs.New(errs.Invalid, "certificate_mismatch", "私钥与证书不匹配",
		"the private key does not belong to the certificate")
	errKey = errs.New(errs.Unavailable, "signature_key", "签名密钥无法使用", "the key for signing cannot be used")

	errStamp = errs.New(errs.Invalid, "timestamp_invalid", "时间戳无效", "the timestamp is not valid")
	errTSA   = errs.New(errs.Unavailable, "timestamp_unavailable", "时间戳服务无法使用",
		"the timestamp authority does not answer as it must")
)
