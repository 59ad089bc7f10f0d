package wire

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
	TeamName       string `json:"teamName,omitempty" rest:"nullable"`
	SubmissionDate Time   `json:"submissionDate,omitzero"`
	Score          string `json:"score,omitempty" rest:"nullable"`
}

// ListTeamPublicSubmissionsRequest asks for what a team shows on a board.
type ListTeamPublicSubmissionsRequest struct {
	TeamID int64 `json:"teamId,omitempty"`
}

// ListTeamPublicSubmissionsResponse is the submission that stands for a team
// on the public board; none if it has none there.
type ListTeamPublicSubmissionsResponse struct {
	Submissions []PublicSubmission `json:"submissions"`
}

// PublicSubmission is what everybody may see of a submission.
type PublicSubmission struct {
	ID            int64  `json:"id,omitempty"`
	DateSubmitted Time   `json:"dateSubmitted,omitzero"`
	PublicScore   string `json:"publicScore,omitempty"`
}
