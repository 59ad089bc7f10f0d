package wire

// Competition is one competition as ListCompetitions and GetCompetition give it.
type Competition struct {
	ID                       int64  `json:"id,omitempty"`
	Ref                      string `json:"ref,omitempty"` // the page's URL; its last segment is the slug
	Title                    string `json:"title,omitempty" rest:"nullable"`
	URL                      string `json:"url,omitempty" rest:"nullable"`
	Description              string `json:"description,omitempty" rest:"nullable"`
	OrganizationName         string `json:"organizationName,omitempty" rest:"nullable"`
	OrganizationRef          string `json:"organizationRef,omitempty" rest:"nullable"`
	Category                 string `json:"category,omitempty" rest:"nullable"` // display text, as "Getting Started"
	Reward                   string `json:"reward,omitempty" rest:"nullable"`   // display text, as "Knowledge"
	Tags                     []Tag  `json:"tags"`
	Deadline                 Time   `json:"deadline,omitzero"`
	MergerDeadline           Time   `json:"mergerDeadline,omitzero"`
	NewEntrantDeadline       Time   `json:"newEntrantDeadline,omitzero"`
	EnabledDate              Time   `json:"enabledDate,omitzero"`
	KernelCount              int    `json:"kernelCount,omitempty"`
	TeamCount                int    `json:"teamCount,omitempty"`
	MaxDailySubmissions      int    `json:"maxDailySubmissions,omitempty"`
	MaxTeamSize              int    `json:"maxTeamSize,omitempty" rest:"nullable"`
	UserHasEntered           bool   `json:"userHasEntered,omitempty"`
	UserRank                 int    `json:"userRank,omitempty" rest:"nullable"`
	EvaluationMetric         string `json:"evaluationMetric,omitempty" rest:"nullable"` // display text, as "Categorization Accuracy"
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
	Ref         string `json:"ref,omitempty"`
	Name        string `json:"name,omitempty" rest:"nullable"`
	Description string `json:"description,omitempty" rest:"nullable"`
	FullPath    string `json:"fullPath,omitempty" rest:"nullable"`
}

// ListCompetitionsRequest asks for one page of competitions: by token, or by
// number from 1.
type ListCompetitionsRequest struct {
	Group     string `json:"group,omitempty" enum:"COMPETITION_LIST_TAB_"`
	Category  string `json:"category,omitempty" enum:"HOST_SEGMENT_"`
	SortBy    string `json:"sortBy,omitempty" enum:"COMPETITION_SORT_BY_"`
	Search    string `json:"search,omitempty"`
	Page      int    `json:"page,omitempty"`
	PageToken string `json:"pageToken,omitempty"`
	PageSize  int    `json:"pageSize,omitempty"`
}

// ListCompetitionsResponse is one page of competitions.
type ListCompetitionsResponse struct {
	Competitions  []Competition `json:"competitions" rest:"bare"`
	NextPageToken string        `json:"nextPageToken"`
}

// NextPage sets the token, unless the list is empty: for lists that came bare.
func (r *ListCompetitionsResponse) NextPage(token string) {
	if len(r.Competitions) > 0 {
		r.NextPageToken = token
	}
}

// Named is the request of the methods that want to know only which competition.
type Named struct {
	CompetitionName string `json:"competitionName,omitempty"`
}

// ListCompetitionPagesRequest asks for the texts of a competition, or for the
// one called PageName.
type ListCompetitionPagesRequest struct {
	CompetitionName string `json:"competitionName,omitempty"`
	PageName        string `json:"pageName,omitempty"`
}

// ListCompetitionPagesResponse is the texts of a competition.
type ListCompetitionPagesResponse struct {
	Pages []CompetitionPage `json:"pages"`
}

// CompetitionPage is one text, as "description", "evaluation" or "rules".
type CompetitionPage struct {
	Name        string `json:"name,omitempty"`
	Content     string `json:"content,omitempty"`
	IsPublished bool   `json:"isPublished,omitempty"`
	MimeType    string `json:"mimeType,omitempty" rest:"nullable"`
}
