package api

// compareWords are what the page that compares a file says, in one language.
type compareWords struct {
	Lead, Choose, Private, Key, KeyHint, Pending string
	NoScript, NoScriptHash, NoScriptProof        string
	Steps, Facts                                 []namedText
	Script                                       scriptWords
}

// namedText is a step or a fact, by the name that the script knows it by.
type namedText struct{ Name, Title, Note string }

// scriptWords are what the script says; it has no words of its own.
type scriptWords struct {
	Verdicts    map[string]verdictText `json:"verdicts"`
	States      map[string]string      `json:"states"`
	Reasons     map[string]string      `json:"reasons"`
	Statuses    map[string]string      `json:"statuses"`
	Conclusions map[string]string      `json:"conclusions"`
}

type verdictText struct {
	Title string `json:"title"`
	Note  string `json:"note"`
}

var compareText = map[string]compareWords{"zh": compareChinese, "en": compareEnglish}

var compareChinese = compareWords{
	Lead:    "看手中的文件是不是当初签发的原件，逐字节未改动。",
	Choose:  "选择文件，或将文件拖到本页",
	Private: "只在您的浏览器中计算，文件不会上传。",
	Key:     "公钥（可不填）",
	KeyHint: "若您从别处（如出具单位的公告栏）得到日志的公钥，请填在这里，签名即改用它来验证。",
	Pending: "待核对",

	NoScript:      "本页的核对由浏览器脚本完成，而脚本未启用。您可以自行核对：先算出手中文件的SHA-256，",
	NoScriptHash:  "（依次为Linux、macOS、Windows的命令）再与服务器所述的值比对：",
	NoScriptProof: "要验证该值确实载入证据日志，请用任何支持C2SP tlog-proof的工具检查存在证明：",

	Steps: []namedText{
		{"file", "文件与日志所记一致", "文件的SHA-256，等于日志中“完成文书文件”这一事件所记的值。"},
		{"finished", "完成文件的事件在日志中", "由事件正文算得日志条目（SHA-256），再由存在证明（RFC 6962）推得检查点中的根哈希。"},
		{"issued", "签发的事件在日志中", "方法同上；签发事件记有冻结内容的哈希。"},
		{"together", "两个事件属于本文书", "两个事件的文书、编号和内容哈希相同，且完成文件的事件指向这一签发事件。"},
		{"signature", "检查点有日志的签名", "检查点上的Ed25519签名，用下列公钥验证。"},
		{"status", "文书现在的状态", "本页各项中，只有此项不是算出来的，而是采信服务器此刻的回答。"},
	},
	Facts: []namedText{
		{"file", "您的文件", ""},
		{"hash", "文件SHA-256", ""},
		{"index", "签发在日志中的序号", ""},
		{"at", "签发事件的时间", ""},
		{"key", "所用公钥", "如未自行填写，此公钥由服务器给出。要完全不依赖本系统，请与从别处得到的公钥（如出具单位公告栏所载）比对。"},
		{"witnesses", "见证人", "检查点上另有这些名称的签名，本页未予验证。"},
	},
	Script: scriptWords{
		Verdicts: map[string]verdictText{
			"waiting":    {"正在核对…", ""},
			"valid":      {"是原件，现行有效", "文件与签发时逐字节一致，各步均成立。服务器称该文书现行有效、结论合格。"},
			"failed":     {"是原件，结论为不合格", "文件与签发时逐字节一致，各步均成立。服务器称该文书现行有效，其结论为不合格。"},
			"expired":    {"是原件，但已过有效期", "文件与签发时逐字节一致，各步均成立。服务器称该文书已过有效期，不得再作为有效凭证使用。"},
			"superseded": {"是原件，但已被替代", "文件与签发时逐字节一致，各步均成立。服务器称该文书已由新的文书替代，请以新文书为准。"},
			"revoked":    {"是原件，但已被撤销", "文件与签发时逐字节一致，各步均成立。服务器称该文书已被撤销，不再有效。"},
			"bad":        {"核对不通过", "至少有一步不成立，原因见下。请勿采信，并联系出具单位。"},
			"unknown":    {"未能完成核对", "有的步骤未能核对，原因见下。不能据此认定为原件。"},
		},
		States: map[string]string{"ok": "✓ 成立", "bad": "✗ 不成立", "unknown": "? 未能核对", "told": "服务器所述"},
		Reasons: map[string]string{
			"file_differs":   "文件不是该文书的原件：内容不同，或被另存、打印、改动过。",
			"too_large":      "文件超过50 MB，未读取。",
			"unreadable":     "浏览器未能读取文件，请重新选择。",
			"insecure":       "浏览器在此不提供SHA-256：请经https打开本页，或更新浏览器。",
			"unreachable":    "未能从服务器取得回答，请稍后再试。",
			"not_yet":        "该事件尚未进入已签署的日志，通常只需数秒，请稍后再试。",
			"malformed":      "服务器给出的证明格式有误。",
			"other_event":    "证明所附的不是应有的那种事件。",
			"other_index":    "证明中的序号与所述不同。",
			"other_log":      "检查点属于另一日志。",
			"other_root":     "由事件推不出检查点的根哈希：该事件不在日志的这个位置，或已被改动。",
			"other_document": "两个事件属于不同的文书。",
			"other_number":   "事件中的文书编号与本页不同。",
			"other_content":  "两个事件所记的内容哈希不同。",
			"other_issue":    "完成文件的事件指向另一个签发事件。",
			"no_key":         "公钥格式有误，应为：名称+8位十六进制+base64。",
			"other_key":      "公钥的名称与日志不同：它属于另一日志。",
			"unsigned":       "检查点上没有此公钥的签名。",
			"forged":         "检查点的签名是假的，或检查点已被改动。",
			"no_ed25519":     "浏览器不能验证Ed25519签名，请更新浏览器。",
			"no_status":      "服务器的回答中没有可识别的状态。",
		},
		Statuses:    publicWords["zh"].Statuses,
		Conclusions: map[string]string{"pass": "结论：合格", "fail": "结论：不合格"}, //nolint:gosec // pass is a verdict
	},
}

var compareEnglish = compareWords{
	Lead:    "See whether the file in your hands is the original, to the last byte.",
	Choose:  "Choose the file, or drop it on this page",
	Private: "It is computed in your browser only; the file is not uploaded.",
	Key:     "Key (optional)",
	KeyHint: "If you have the log's verifier key from elsewhere, such as the issuer's notice board, put it here: " +
		"the signature is then verified under it instead.",
	Pending: "not checked yet",

	NoScript:      "This page compares by script, and scripts are off. You can do it yourself: compute the SHA-256 of the file",
	NoScriptHash:  "(commands for Linux, macOS and Windows), and compare it with what the server says:",
	NoScriptProof: "To see that this value stands in the evidence ledger, verify the proof with any tool that knows C2SP tlog-proof:",

	Steps: []namedText{
		{"file", "The file is what the ledger says", "Its SHA-256 is the one in the ledger's event of the finished file."},
		{"finished", "The event of the finished file is in the log",
			"The event's SHA-256 is the entry; the inclusion proof (RFC 6962) leads from there to the root in the checkpoint."},
		{"issued", "The event of issue is in the log", "In the same way; this event holds the hash of the frozen content."},
		{"together", "Both events are of this document",
			"They name the same document, number and content, and the event of the finished file points to this event of issue."},
		{"signature", "The log signed the checkpoint", "The Ed25519 signature on the checkpoint, verified under the key below."},
		{"status", "The document's status now",
			"The only item here that is not computed: it is the server's answer of this moment, taken on trust."},
	},
	Facts: []namedText{
		{"file", "Your file", ""},
		{"hash", "SHA-256 of the file", ""},
		{"index", "Index of the issue in the log", ""},
		{"at", "Time of the event of issue", ""},
		{"key", "Key that was used", "Unless you put one in, it comes from the server. For full independence compare it with one " +
			"obtained elsewhere, such as the issuer's notice board."},
		{"witnesses", "Witnesses", "The checkpoint bears signatures under these names too; they were not verified here."},
	},
	Script: scriptWords{
		Verdicts: map[string]verdictText{
			"waiting": {"Comparing…", ""},
			"valid": {"The original, in force",
				"The file is byte for byte what was issued; every step holds. The server says: in force, conclusion pass."},
			"failed": {"The original; its conclusion is fail",
				"The file is byte for byte what was issued; every step holds. The server says: in force, and what it states is a failure."},
			"expired": {"The original, but expired",
				"The file is byte for byte what was issued; every step holds. The server says that its validity has ended."},
			"superseded": {"The original, but superseded",
				"The file is byte for byte what was issued; every step holds. The server says that a newer document has replaced it."},
			"revoked": {"The original, but revoked",
				"The file is byte for byte what was issued; every step holds. The server says that it was revoked and is no longer valid."},
			"bad":     {"It does not hold", "At least one step is false, for the reason below. Do not trust the file; ask the issuer."},
			"unknown": {"Not fully checked", "Some steps could not be checked, for the reasons below. This does not show an original."},
		},
		States: map[string]string{"ok": "✓ holds", "bad": "✗ false", "unknown": "? not checked", "told": "the server's word"},
		Reasons: map[string]string{
			"file_differs":   "This file is not the original: another file, or one that was saved anew, printed or changed.",
			"too_large":      "The file is larger than 50 MB and was not read.",
			"unreadable":     "The browser could not read the file; choose it again.",
			"insecure":       "The browser offers no SHA-256 here: open this page over https, or update the browser.",
			"unreachable":    "The server did not answer; try again in a moment.",
			"not_yet":        "The event is not in the signed log yet; that takes seconds, try again in a moment.",
			"malformed":      "The server's proof is malformed.",
			"other_event":    "The event in the proof is not of the kind that it must be.",
			"other_index":    "The index in the proof differs from the one stated.",
			"other_log":      "The checkpoint is of another log.",
			"other_root":     "The event does not lead to the root of the checkpoint: it is not in this place of the log, or was changed.",
			"other_document": "The two events are of different documents.",
			"other_number":   "The events name another document than this page.",
			"other_content":  "The two events name different contents.",
			"other_issue":    "The event of the finished file points to another event of issue.",
			"no_key":         "This is not a verifier key, which has the form name+8 hexadecimal digits+base64.",
			"other_key":      "The key has another name than the log: it is of another log.",
			"unsigned":       "The checkpoint bears no signature of this key.",
			"forged":         "The signature of the checkpoint is false, or the checkpoint was changed.",
			"no_ed25519":     "The browser cannot verify Ed25519 signatures; update it.",
			"no_status":      "The server's answer has no status that is known here.",
		},
		Statuses:    publicWords["en"].Statuses,
		Conclusions: map[string]string{"pass": "conclusion: pass", "fail": "conclusion: fail"},
	},
}
