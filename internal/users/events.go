package users

import (
	"hengjian/internal/calendar"
	"hengjian/internal/ledger"
)

// What the events of this room tell.
type (
	noData struct{}

	personCreated struct {
		Login      ledger.Sealed `json:"login" doc:"the login"`
		Name       ledger.Sealed `json:"name" doc:"the name"`
		Roles      []ledger.Role `json:"roles" doc:"the roles given"`
		BusinessID string        `json:"business_id" doc:"id of the business that the person acts for; empty for staff"`
	}

	rolesChanged struct {
		From []ledger.Role `json:"from" doc:"the roles before"`
		To   []ledger.Role `json:"to" doc:"the roles from now on"`
	}

	passwordSet struct {
		Own bool `json:"own" doc:"whether the person did it, or an administrator"`
	}

	sessionsEnded struct {
		Count int64 `json:"count" doc:"how many sessions were ended"`
	}

	authorisationGranted struct {
		PersonID  string        `json:"person_id" doc:"id of the person authorised"`
		Subject   string        `json:"subject" doc:"method or procedure"`
		Code      string        `json:"code" doc:"number of the method or procedure"`
		ValidFrom calendar.Date `json:"valid_from" doc:"first day"`
		ValidTo   calendar.Date `json:"valid_to,omitzero" doc:"last day, where there is one"`
	}

	authorisationEnded struct {
		PersonID string        `json:"person_id" doc:"id of the person authorised"`
		ValidTo  calendar.Date `json:"valid_to" doc:"the last day from now on"`
	}

	businessRegistered struct {
		CreditCode            string `json:"credit_code" doc:"unified social credit code"`
		OrganisationCodeHolds bool   `json:"organisation_code_holds" doc:"whether the organisation code in it has the right check character"`
	}

	divisionDescribed struct {
		Name                   string        `json:"name" doc:"name of the division"`
		Bureau                 string        `json:"bureau" doc:"name of the bureau"`
		Laboratory             string        `json:"laboratory" doc:"name of the laboratory"`
		Address                string        `json:"address" doc:"address of the bureau"`
		Phone                  ledger.Sealed `json:"phone" doc:"telephone number of the bureau"`
		CMANumber              string        `json:"cma_number" doc:"number of the accreditation 资质认定"`
		CNASNumber             string        `json:"cnas_number,omitempty" doc:"registration number with CNAS"`
		MetrologyAuthorisation string        `json:"metrology_authorisation" doc:"number of the authorisation to verify 计量授权证书"`
	}

	signatureMade struct {
		Meaning     string `json:"meaning" doc:"what the signature means, in the words of the step"`
		SubjectKind string `json:"subject_kind" doc:"noun of what was signed"`
		SubjectID   string `json:"subject_id" doc:"id of what was signed"`
		ContentHash string `json:"content_hash" doc:"SHA-256 of exactly what was shown, hexadecimal"`
		List        string `json:"list,omitempty" doc:"id of the signature under the list that stands for the password, where many were signed at once"`
	}

	listSigned struct {
		Meaning     string     `json:"meaning" doc:"what the signature means, in the words of the step"`
		SubjectKind string     `json:"subject_kind" doc:"noun of what was signed"`
		SubjectID   string     `json:"subject_id" doc:"id of what was signed"`
		ContentHash string     `json:"content_hash" doc:"SHA-256 of the list as canonical JSON, hexadecimal"`
		Items       []ListItem `json:"items" doc:"the list: each of it is signed by itself afterwards"`
	}
)

// The kinds of events of this room.
var (
	kindPersonCreated        = ledger.Define[personCreated]("person.created", 1, "新增人员", "person created")
	kindRolesChanged         = ledger.Define[rolesChanged]("person.roles_changed", 1, "变更人员角色", "roles changed")
	kindPersonDisabled       = ledger.Define[noData]("person.disabled", 1, "停用人员", "person disabled")
	kindPersonEnabled        = ledger.Define[noData]("person.enabled", 1, "启用人员", "person enabled")
	kindPasswordSet          = ledger.Define[passwordSet]("person.password_set", 1, "设置密码", "password set")
	kindSessionsEnded        = ledger.Define[sessionsEnded]("person.sessions_ended", 1, "结束登录会话", "sessions ended")
	kindAuthorisationGranted = ledger.Define[authorisationGranted]("authorisation.granted", 1, "授权", "authorisation granted")
	kindAuthorisationEnded   = ledger.Define[authorisationEnded]("authorisation.ended", 1, "终止授权", "authorisation ended")
	kindBusinessRegistered   = ledger.Define[businessRegistered]("business.registered", 1, "登记企业", "business registered")
	kindDivisionDescribed    = ledger.Define[divisionDescribed]("division.described", 1, "登记机关信息", "division and bureau described")
	kindSignatureMade        = ledger.Define[signatureMade]("signature.made", 1, "签名", "signature made")
	kindListSigned           = ledger.Define[listSigned]("signature.list_signed", 1, "批量签名", "list signed")
)

// Events lists the kinds of events of this room.
func Events() []ledger.Definition {
	return []ledger.Definition{
		kindPersonCreated.Definition(), kindRolesChanged.Definition(), kindPersonDisabled.Definition(),
		kindPersonEnabled.Definition(), kindPasswordSet.Definition(), kindSessionsEnded.Definition(),
		kindAuthorisationGranted.Definition(), kindAuthorisationEnded.Definition(), kindBusinessRegistered.Definition(),
		kindDivisionDescribed.Definition(), kindSignatureMade.Definition(), kindListSigned.Definition(),
	}
}
