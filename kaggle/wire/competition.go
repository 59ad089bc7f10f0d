package wire

// Competition is one competition as ListCompetitions and GetCompetition give it.
type Competition struct {
	ID                       int64  `json:"id,omitempty"`
	Ref                      string `json:"ref,omitempty"` // the page's URL; its last segment is the slug
	Title                    string `json:"title,omitempty"`
	URL                      string `json:"url,omitempty"`
	Description              string `json:"description,omitempty"`
	OrganizationName         string `json:"organizationName,omitempty"`
	Category                 string `json:"category,omitempty"` // display text, as "Getting Started"
	Reward                   string `json:"reward,omitempty"`   // display text, as "Knowledge"
	Tags                     []Tag  `json:"tags"`
	Deadline                 Time   `json:"deadline,omitzero"`
	EnabledDate              Time   `json:"enabledDate,omitzero"`
	TeamCount                int    `json:"teamCount,omitempty"`
	MaxDailySubmissions      int    `json:"maxDailySubmissions,omitempty"`
	MaxTeamSize              int    `json:"maxTeamSize,omitempty"`
	UserHasEntered           bool   `json:"userHasEntered,omitempty"`
	UserRank                 int    `json:"userRank,omitempty"`
	EvaluationMetric         string `json:"evaluationMetric,omitempty"` // display text, as "Categorization Accuracy"
	AwardsPoints             bool   `json:"awardsPoints,omitempty"`
	IsKernelsSubmissionsOnly bool   `json:"isKernelsSubmissionsOnly,omitempty"`
	SubmissionsDisabled      bool   `json:"submissionsDisabled,omitempty"`
	HostName                 string `json:"hostName,omitempty"`

	// PodiumOrigin is not Kaggle's: only a podium sandbox sends it. It names
	// where the data comes from, as "sandbox:digit-recognizer".
	PodiumOrigin string `json:"podiumOrigin,omitempty"`
}

// Tag is a competition's tag.
type Tag struct {
	Ref      string `json:"ref,omitempty"`
	Name     string `json:"name,omitempty"`
	FullPath string `json:"fullPath,omitempty"`
}

// ListCompetitionsRequest asks for one page of competitions.
type ListCompetitionsRequest struct {
	Group     string `json:"group,omitempty"`
	SortBy    string `json:"sortBy,omitempty"`
	Search    string `json:"search,omitempty"`
	Page      int    `json:"page,omitempty"`
	PageToken string `json:"pageToken,omitempty"`
	PageSize  int    `json:"pageSize,omitempty"`
}

// ListCompetitionsResponse is one page of competitions.
type ListCompetitionsResponse struct {
	Competitions  []Competition `json:"competitions"`
	NextPageToken string        `json:"nextPageToken"`
}

// Named is the request of GetCompetition and GetSubmissionLimits.
type Named struct {
	CompetitionName string `json:"competitionName,omitempty"`
}

// ListDataFilesRequest asks for one page of a competition's files.
type ListDataFilesRequest struct {
	CompetitionName string `json:"competitionName,omitempty"`
	PageSize        int    `json:"pageSize,omitempty"`
	PageToken       string `json:"pageToken,omitempty"`
}

// ListDataFilesResponse is one page of files. A page may be empty although a
// token follows.
type ListDataFilesResponse struct {
	Files         []DataFile `json:"files"`
	NextPageToken string     `json:"nextPageToken"`
}

// DataFile is one file of a competition; Name is a path with "/".
type DataFile struct {
	Ref          string `json:"ref,omitempty"`
	Name         string `json:"name,omitempty"`
	Description  string `json:"description,omitempty"`
	TotalBytes   int64  `json:"totalBytes,omitempty"`
	CreationDate Time   `json:"creationDate,omitzero"`
}

// DownloadDataFileRequest asks for the signed URL of one file.
type DownloadDataFileRequest struct {
	CompetitionName string `json:"competitionName,omitempty"`
	FileName        string `json:"fileName,omitempty"`
}

// GetLeaderboardRequest asks for one page of the board: the private one where
// it exists, unless OverridePublic is set.
type GetLeaderboardRequest struct {
	CompetitionName string `json:"competitionName,omitempty"`
	OverridePublic  bool   `json:"overridePublic,omitempty"`
	PageSize        int    `json:"pageSize,omitempty"`
	PageToken       string `json:"pageToken,omitempty"`
}

// GetLeaderboardResponse is one page of the board, best team first.
type GetLeaderboardResponse struct {
	Submissions   []LeaderboardRow `json:"submissions"`
	NextPageToken string           `json:"nextPageToken"`
}

// LeaderboardRow is one team's place. The wire has no rank: it is the position.
type LeaderboardRow struct {
	TeamID         int64  `json:"teamId,omitempty"`
	TeamName       string `json:"teamName,omitempty"`
	SubmissionDate Time   `json:"submissionDate,omitzero"`
	Score          string `json:"score,omitempty"`
}
