package wire

import "net/http"

// Services, as they stand in the RPC dialect's URL.
const (
	CompetitionService = "competitions.CompetitionApiService"
	OAuthService       = "security.OAuthService"
	AccountService     = "users.AccountService"
	DiagnosticsService = "api.v1.DiagnosticsService"
)

// Names of the methods, as they stand in the RPC dialect's URL.
const (
	ListCompetitions               = "ListCompetitions"
	GetCompetition                 = "GetCompetition"
	ListCompetitionPages           = "ListCompetitionPages"
	ListDataFiles                  = "ListDataFiles"
	ListDataTreeFiles              = "ListDataTreeFiles"
	GetCompetitionDataFilesSummary = "GetCompetitionDataFilesSummary"
	DownloadDataFile               = "DownloadDataFile"
	DownloadDataFiles              = "DownloadDataFiles"
	StartSubmissionUpload          = "StartSubmissionUpload"
	CreateSubmission               = "CreateSubmission"
	CreateCodeSubmission           = "CreateCodeSubmission"
	ListSubmissions                = "ListSubmissions"
	GetSubmission                  = "GetSubmission"
	DownloadSubmission             = "DownloadSubmission"
	GetSubmissionLimits            = "GetSubmissionLimits"
	GetLeaderboard                 = "GetLeaderboard"
	DownloadLeaderboard            = "DownloadLeaderboard"
	ListTeamPublicSubmissions      = "ListTeamPublicSubmissions"
	IntrospectToken                = "IntrospectToken"
	ExchangeOAuthToken             = "ExchangeOAuthToken"
	GenerateAccessToken            = "GenerateAccessToken"
	ExpireAPIToken                 = "ExpireApiToken"
	Hello                          = "Hello"
)

// Method is one operation under its two names.
type Method struct {
	Service string // RPC: POST /v1/Service/Name
	Name    string

	Verb  string // REST: a GET has its fields in the query, a POST in its body; "" if it is not there
	Path  string // REST: below /api/v1; {x} is the message's field x, {x...} one that may hold "/"
	Older string // REST: the path that clients up to 1.6 used, "" if it was the same
	Form  bool   // REST: the body of a POST is multipart/form-data, not JSON
}

// Methods is every operation that podium knows, on either side.
var Methods = []Method{
	{CompetitionService, ListCompetitions, http.MethodGet, "/competitions/list", "", false},
	{CompetitionService, GetCompetition, http.MethodGet, "/competitions/get/{competitionName}", "", false},
	{CompetitionService, ListCompetitionPages, http.MethodGet, "/competitions/{competitionName}/pages", "", false},
	{CompetitionService, ListDataFiles, http.MethodGet, "/competitions/data/list/{competitionName}", "", false},
	{CompetitionService, ListDataTreeFiles, http.MethodGet, "/competitions/{competitionName}/data-tree/list/", "", false},
	{CompetitionService, GetCompetitionDataFilesSummary, http.MethodGet, "/competitions/data/summary/{competitionName}", "", false},
	{CompetitionService, DownloadDataFile, http.MethodGet, "/competitions/data/download/{competitionName}/{fileName...}", "", false},
	{CompetitionService, DownloadDataFiles, http.MethodGet, "/competitions/data/download-all/{competitionName}", "", false},
	{CompetitionService, StartSubmissionUpload, http.MethodPost, "/competitions/submission-url",
		"/competitions/{competitionName}/submissions/url/{contentLength}/{lastModifiedEpochSeconds}", true},
	{CompetitionService, CreateSubmission, http.MethodPost, "/competitions/submissions/submit/{competitionName}", "", true},
	{CompetitionService, CreateCodeSubmission, http.MethodPost, "/competitions/submissions/submit-notebook/{competitionName}", "", true},
	{CompetitionService, ListSubmissions, http.MethodGet, "/competitions/submissions/list/{competitionName}", "", false},
	{CompetitionService, GetSubmission, http.MethodPost, "/competitions/submissions/get/{ref}", "", false},
	{CompetitionService, DownloadSubmission, http.MethodGet, "/competitions/submissions/download/{submissionId}", "", false},
	{CompetitionService, GetSubmissionLimits, http.MethodGet, "/competitions/{competitionName}/submissions/limits", "", false},
	{CompetitionService, GetLeaderboard, http.MethodGet, "/competitions/{competitionName}/leaderboard/view", "", false},
	{CompetitionService, DownloadLeaderboard, http.MethodGet, "/competitions/{competitionName}/leaderboard/download", "", false},
	{CompetitionService, ListTeamPublicSubmissions, http.MethodGet, "/competitions/teams/{teamId}/public-submissions", "", false},
	{OAuthService, IntrospectToken, http.MethodPost, "/oauth2/introspect", "", false},
	{OAuthService, ExchangeOAuthToken, http.MethodPost, "/oauth2/token", "", false},
	{AccountService, GenerateAccessToken, http.MethodPost, "/access-tokens/generate", "", false},
	{AccountService, ExpireAPIToken, http.MethodPost, "/tokens/revoke", "", false},
	{DiagnosticsService, Hello, "", "", "", false},
}

// MethodNamed finds a method. ok is false if there is none of that name in the
// service.
func MethodNamed(service, name string) (m Method, ok bool) {
	for _, m := range Methods {
		if m.Service == service && m.Name == name {
			return m, true
		}
	}
	return Method{}, false
}
