package api

import (
	"net/http"

	"hengjian/internal/ledger"
)

// Who may do what, by name.
var (
	laboratory = only(ledger.Sampler, ledger.Custodian, ledger.Technician, ledger.Reviewer, ledger.Signatory,
		ledger.Auditor, ledger.Leader, ledger.TechnicalManager, ledger.Administrator)
	portal = only(ledger.Business, ledger.Sampler, ledger.Custodian, ledger.Technician, ledger.Reviewer, ledger.Signatory,
		ledger.Auditor, ledger.Leader, ledger.TechnicalManager, ledger.Administrator)
	sampling   = only(ledger.Sampler, ledger.Custodian)
	custody    = only(ledger.Sampler, ledger.Custodian, ledger.Technician)
	custodian  = only(ledger.Custodian)
	technician = only(ledger.Technician)
	reviewer   = only(ledger.Reviewer, ledger.Signatory)
	signatory  = only(ledger.Signatory)

	instrumentLabeller = only(ledger.Verifier, ledger.Checker, ledger.Approver)
	equipmentLabeller  = only(ledger.Technician, ledger.Verifier, ledger.TechnicalManager, ledger.Administrator)

	metrology = only(ledger.Business, ledger.Verifier, ledger.Checker, ledger.Approver, ledger.Technician, ledger.Reviewer,
		ledger.Signatory, ledger.Custodian, ledger.Auditor, ledger.Leader, ledger.TechnicalManager, ledger.Administrator)
	applicant = only(ledger.Business, ledger.Verifier, ledger.Administrator)
	verifier  = only(ledger.Verifier)
	checker   = only(ledger.Checker)
	returner  = only(ledger.Checker, ledger.Approver)
	approver  = only(ledger.Approver)
	revoker   = only(ledger.Signatory, ledger.Approver, ledger.TechnicalManager)
	tracer    = only(ledger.Auditor, ledger.Leader, ledger.TechnicalManager, ledger.Administrator, ledger.Reviewer,
		ledger.Signatory, ledger.Checker, ledger.Approver, ledger.Technician, ledger.Verifier)

	manager       = only(ledger.TechnicalManager)
	equipping     = only(ledger.TechnicalManager, ledger.Administrator)
	administrator = only(ledger.Administrator)
	registrar     = only(ledger.Administrator, ledger.Sampler, ledger.Verifier)
	staff         = only(ledger.Sampler, ledger.Custodian, ledger.Technician, ledger.Reviewer, ledger.Signatory, ledger.Verifier,
		ledger.Checker, ledger.Approver, ledger.Auditor, ledger.Leader, ledger.TechnicalManager, ledger.Administrator)
)

const (
	get  = http.MethodGet
	post = http.MethodPost
	puts = http.MethodPut
	del  = http.MethodDelete
	v1   = "/api/v1"
)

// routes is the table of contents.
func (s *server) routes() {
	s.sessionRoutes()
	s.peopleRoutes()
	s.laboratoryRoutes()
	s.metrologyRoutes()
	s.documentRoutes()
}

func (s *server) sessionRoutes() {
	handle(s, operation{post, v1 + "/session", "sign-in", "Sign in", public, 201, false}, s.signIn)
	handle(s, operation{get, v1 + "/session", "whoami", "Who is signed in", anyPerson, 0, false}, s.whoami)
	handle(s, operation{del, v1 + "/session", "sign-out", "Sign out", anyPerson, 0, false}, s.signOut)
	handle(s, operation{puts, v1 + "/session/password", "change-password", "Change the own password", anyPerson, 0, false}, s.changePassword)
	handle(s, operation{get, v1 + "/division", "division", "The bureau", anyPerson, 0, false}, s.division)
	handle(s, operation{get, v1 + "/overview", "overview", "Counts of what is under way", anyPerson, 0, false}, s.overview)
	handle(s, operation{get, v1 + "/jobs", "jobs", "Long work, newest first", anyPerson, 0, false}, s.jobList)
	handle(s, operation{get, v1 + "/jobs/{id}", "job", "One job", anyPerson, 0, false}, s.job)
	handle(s, operation{get, v1 + "/jobs/{id}/files/{n}", "job-file", "A file that a job made, for a week", metrology, 0, false}, s.jobFile)
	handle(s, operation{post, v1 + "/jobs/{id}/cancel", "cancel-job", "Cancel a job", anyPerson, 0, false}, s.cancelJob)
	handle(s, operation{post, v1 + "/files", "upload", "Store a photo or an instrument file", staff, 201, true}, s.upload)
	handle(s, operation{get, v1 + "/files/{hash}", "file", "A stored file", staff, 0, false}, s.file)
}

func (s *server) peopleRoutes() {
	handle(s, operation{get, v1 + "/people", "people", "People of the bureau", staff, 0, false}, s.people)
	handle(s, operation{post, v1 + "/people", "create-person", "Create a person", administrator, 201, false}, s.createPerson)
	handle(s, operation{get, v1 + "/people/{id}", "person", "One person", staff, 0, false}, s.person)
	handle(s, operation{puts, v1 + "/people/{id}/roles", "change-roles", "Change a person's roles", administrator, 0, false}, s.changeRoles)
	handle(s, operation{post, v1 + "/people/{id}/disable", "disable-person", "Disable a person", administrator, 0, false}, s.disablePerson)
	handle(s, operation{post, v1 + "/people/{id}/enable", "enable-person", "Enable a person", administrator, 0, false}, s.enablePerson)
	handle(s, operation{puts, v1 + "/people/{id}/password", "reset-password", "Reset a person's password", administrator, 0, false}, s.resetPassword)
	handle(s, operation{post, v1 + "/authorisations", "authorise", "Authorise a person for a method or procedure", manager, 0, false}, s.authorise)
	handle(s, operation{get, v1 + "/businesses", "businesses", "Businesses", anyPerson, 0, false}, s.businesses)
	handle(s, operation{post, v1 + "/businesses", "register-business", "Register a business", registrar, 201, false}, s.registerBusiness)
	handle(s, operation{get, v1 + "/businesses/{id}", "business", "One business", anyPerson, 0, false}, s.business)
}

func (s *server) laboratoryRoutes() {
	handle(s, operation{get, v1 + "/form-fields/{category}", "form-fields", "The fields of a sampling form", laboratory, 0, false}, s.formFields)
	handle(s, operation{get, v1 + "/methods", "methods", "Test methods in force", staff, 0, false}, s.methods)
	handle(s, operation{post, v1 + "/accreditations", "accredit", "Record the laboratory's scope for a method", manager, 0, false}, s.accredit)
	handle(s, operation{get, v1 + "/limits", "limits", "Limits of product standards", staff, 0, false}, s.limits)
	handle(s, operation{post, v1 + "/limits/{id}/confirm", "confirm-limit", "Let a limit judge results", manager, 0, false}, s.confirmLimit)
	handle(s, operation{get, v1 + "/worklist", "worklist", "What waits for me", laboratory, 0, false}, s.worklist)
	handle(s, operation{get, v1 + "/samples", "samples", "Samples", portal, 0, false}, s.samples)
	handle(s, operation{post, v1 + "/samples", "register-sample", "Register a sample from its sampling form", sampling, 201, false}, s.registerSample)
	handle(s, operation{get, v1 + "/samples/{number}", "sample", "One sample", laboratory, 0, false}, s.sample)
	handle(s, operation{get, v1 + "/samples/{number}/issued", "issued-sample", "What was issued of a sample", portal, 0, false}, s.issuedSample)
	handle(s, operation{get, v1 + "/samples/{number}/custody", "custody", "The chain of custody with its gaps", laboratory, 0, false}, s.custodyChain)
	handle(s, operation{get, v1 + "/samples/{number}/labels.pdf", "sample-labels", "Labels of portions and seals", custody, 0, false}, s.sampleLabels)
	handle(s, operation{get, v1 + "/samples/{number}/sampling-form.pdf", "sampling-form-pdf", "The sampling form, one set of pages for each copy", laboratory, 0, false}, s.samplingFormPDF)
	handle(s, operation{get, v1 + "/samples/{number}/custody-sheet.pdf", "custody-sheet-pdf", "The custody sheet as it is now", laboratory, 0, false}, s.custodySheetPDF)
	handle(s, operation{post, v1 + "/samples/{number}/deliver", "deliver-sample", "Hand a sample to the custodian", only(ledger.Sampler), 0, false}, s.deliver)
	handle(s, operation{post, v1 + "/samples/{number}/receive", "receive-sample", "Receive a sample after a look at every seal", custodian, 0, false}, s.receive)
	handle(s, operation{post, v1 + "/samples/{number}/refuse", "refuse-sample", "Refuse a sample in writing", custodian, 0, false}, s.refuse)
	handle(s, operation{post, v1 + "/samples/{number}/hand-over", "hand-over", "Offer portions to another person", custody, 201, false}, s.handOver)
	handle(s, operation{post, v1 + "/samples/{number}/accept", "accept-handover", "Take over portions", custody, 0, false}, s.accept)
	handle(s, operation{post, v1 + "/samples/{number}/decline", "decline-handover", "Decline portions", custody, 0, false}, s.decline)
	handle(s, operation{post, v1 + "/samples/{number}/break-seal", "break-seal", "Open a sealed portion", technician, 0, false}, s.breakSeal)
	handle(s, operation{post, v1 + "/samples/{number}/results", "enter-results", "Enter results", technician, 201, false}, s.enterResults)
	handle(s, operation{get, v1 + "/import-profiles", "import-profiles", "How instrument files are read", technician, 0, false}, s.importProfiles)
	handle(s, operation{post, v1 + "/imports/preview", "preview-import", "Read an instrument file, storing nothing", technician, 0, false}, s.previewImport)
	handle(s, operation{post, v1 + "/imports", "import-results", "Take an instrument file in, as a job", technician, 201, false}, s.startImport)
	handle(s, operation{get, v1 + "/imports/{id}", "import", "What became of each row of a file", laboratory, 0, false}, s.importTable)
	handle(s, operation{post, v1 + "/samples/{number}/correct", "correct-result", "Correct a result, with a second person", technician, 201, false}, s.correctResult)
	handle(s, operation{post, v1 + "/samples/{number}/compile", "compile-report", "Compile the report", technician, 201, false}, s.compileReport)
	handle(s, operation{post, v1 + "/samples/{number}/review", "review-report", "Review the report", only(ledger.Reviewer), 0, false}, s.reviewReport)
	handle(s, operation{post, v1 + "/samples/{number}/return", "return-report", "Return the report", reviewer, 0, false}, s.returnReport)
	handle(s, operation{post, v1 + "/samples/{number}/reopen", "reopen-report", "Begin a corrective report", reviewer, 201, false}, s.reopenReport)
	handle(s, operation{post, v1 + "/samples/{number}/approve", "approve-report", "Approve the report and issue it", signatory, 201, false}, s.approveReport)
}

func (s *server) metrologyRoutes() {
	handle(s, operation{get, v1 + "/equipment", "equipment", "The bureau's equipment", staff, 0, false}, s.equipment)
	handle(s, operation{post, v1 + "/equipment", "add-equipment", "Add equipment", equipping, 201, false}, s.addEquipment)
	handle(s, operation{get, v1 + "/equipment/{number}/label.pdf", "equipment-label", "Label of a piece of equipment with a certificate in force", equipmentLabeller, 0, false}, s.equipmentLabel)
	handle(s, operation{post, v1 + "/equipment/{id}/certificates", "record-certificate", "Record a certificate of equipment", equipping, 201, false}, s.recordCertificate)
	handle(s, operation{get, v1 + "/measurement-standards", "measurement-standards", "Measurement standards", staff, 0, false}, s.measurementStandards)
	handle(s, operation{post, v1 + "/measurement-standards", "add-measurement-standard", "Add a measurement standard", equipping, 201, false}, s.addMeasurementStandard)
	handle(s, operation{get, v1 + "/procedures", "procedures", "Verification procedures by edition", metrology, 0, false}, s.procedures)
	handle(s, operation{get, v1 + "/procedures/{code}", "procedure", "The definition in force", metrology, 0, false}, s.procedure)
	handle(s, operation{post, v1 + "/procedures/{id}/approve", "approve-procedure", "Approve an edition", manager, 0, false}, s.approveProcedure)
	handle(s, operation{post, v1 + "/waived-fees", "set-waived-fee", "Record the fee that verification no longer costs", equipping, 0, false}, s.setWaivedFee)
	handle(s, operation{get, v1 + "/instruments", "instruments", "Measuring instruments", metrology, 0, false}, s.instrumentList)
	handle(s, operation{post, v1 + "/instruments", "file-instrument", "File an instrument", applicant, 201, false}, s.fileInstrument)
	handle(s, operation{get, v1 + "/instruments/{number}", "instrument", "One instrument", metrology, 0, false}, s.instrument)
	handle(s, operation{get, v1 + "/instruments/{number}/label.pdf", "instrument-label", "Label of an instrument with a certificate in force", instrumentLabeller, 0, false}, s.instrumentLabel)
	handle(s, operation{get, v1 + "/verification-orders", "verification-orders", "Verification orders", metrology, 0, false}, s.orders)
	handle(s, operation{post, v1 + "/verification-orders", "apply", "Apply for a verification", applicant, 201, false}, s.apply)
	handle(s, operation{get, v1 + "/verification-orders/{number}", "verification-order", "One order", metrology, 0, false}, s.order)
	handle(s, operation{post, v1 + "/verification-orders/{number}/decide", "decide-order", "Accept or refuse an application", verifier, 0, false}, s.decideOrder)
	handle(s, operation{get, v1 + "/verification-orders/{number}/points", "verification-points", "The points to measure", verifier, 0, false}, s.verificationPoints)
	handle(s, operation{post, v1 + "/verification-orders/{number}/preview", "preview-verification", "Evaluate readings, storing nothing", verifier, 0, false}, s.previewVerification)
	handle(s, operation{post, v1 + "/verification-orders/{number}/record", "record-verification", "Keep the record of a verification", verifier, 201, false}, s.recordVerification)
	handle(s, operation{post, v1 + "/verification-orders/{number}/check", "check-verification", "Check the record", checker, 0, false}, s.checkVerification)
	handle(s, operation{post, v1 + "/verification-orders/{number}/return", "return-verification", "Return the record", returner, 0, false}, s.returnVerification)
	handle(s, operation{post, v1 + "/verification-orders/{number}/approve", "approve-verification", "Approve the record and issue its document", approver, 201, false}, s.approveVerification)
}

func (s *server) documentRoutes() {
	handle(s, operation{get, v1 + "/documents", "documents", "Issued documents", metrology, 0, false}, s.documents)
	handle(s, operation{get, v1 + "/documents/{number}", "document", "One document", metrology, 0, false}, s.document)
	handle(s, operation{get, v1 + "/documents/{number}/pdf", "document-pdf", "The document as issued", metrology, 0, false}, s.documentPDF)
	handle(s, operation{get, v1 + "/documents/{number}/copy", "document-copy", "A copy marked as superseded or revoked", metrology, 0, false}, s.documentCopy)
	handle(s, operation{get, v1 + "/samples/{number}/report-draft", "preview-report", "The report as its approval would issue it", laboratory, 0, false}, s.previewReport)
	handle(s, operation{get, v1 + "/verification-orders/{number}/document-draft", "preview-document",
		"The certificate or notice as the approval would issue it", staff, 0, false}, s.previewCertificate)
	handle(s, operation{get, v1 + "/documents/{number}/papers/{paper}", "document-paper", "A paper of retest or disposal, prefilled from a report", metrology, 0, false}, s.documentPaper)
	handle(s, operation{post, v1 + "/approvals", "start-approvals", "Approve many records or reports with one signature, as a job", only(ledger.Approver, ledger.Signatory), 201, false}, s.startApprovals)
	handle(s, operation{post, v1 + "/batches", "start-batch", "Pack or merge many documents, as a job", metrology, 201, false}, s.startBatch)
	handle(s, operation{post, v1 + "/documents/{number}/revoke", "request-revocation", "Ask that a document be revoked", revoker, 0, false}, s.requestRevocation)
	handle(s, operation{post, v1 + "/documents/{number}/decide-revocation", "decide-revocation", "Confirm or decline a revocation", revoker, 0, false}, s.decideRevocation)
	handle(s, operation{get, v1 + "/trace/{number}", "trace", "From a document back to the national standard", tracer, 0, false}, s.trace)
}
