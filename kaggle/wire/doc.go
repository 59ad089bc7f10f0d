// Package wire holds the JSON messages of Kaggle's competition API in its RPC
// dialect (POST /v1/<Service>/<Method>, camelCase JSON), as the client package
// kaggle sends them and package kaggle/sandbox answers them.
//
// It is only shapes and their reading rules: no HTTP, no retries, no meaning.
// Fields that Kaggle may leave out carry omitempty; arrays are never null,
// because the official client fails on a null array. Start at Competition and
// Submission; ParseError reads every known form of an error body.
package wire

// Services and methods, as they stand in the URL.
const (
	CompetitionService = "competitions.CompetitionApiService"
	OAuthService       = "security.OAuthService"
	AccountService     = "users.AccountService"

	ListCompetitions      = "ListCompetitions"
	GetCompetition        = "GetCompetition"
	ListDataFiles         = "ListDataFiles"
	DownloadDataFile      = "DownloadDataFile"
	StartSubmissionUpload = "StartSubmissionUpload"
	CreateSubmission      = "CreateSubmission"
	ListSubmissions       = "ListSubmissions"
	GetSubmission         = "GetSubmission"
	GetSubmissionLimits   = "GetSubmissionLimits"
	GetLeaderboard        = "GetLeaderboard"
	IntrospectToken       = "IntrospectToken"
	ExchangeOAuthToken    = "ExchangeOAuthToken"
	GenerateAccessToken   = "GenerateAccessToken" // of the account service
	ExpireAPIToken        = "ExpireApiToken"      // of the account service
)

// MaxPageSize is the largest page that Kaggle gives.
const MaxPageSize = 200
