package wire

import (
	"encoding/json"
	"fmt"
	"strings"
)

// StartSubmissionUploadRequest asks for an upload session.
type StartSubmissionUploadRequest struct {
	CompetitionName          string `json:"competitionName,omitempty"`
	FileName                 string `json:"fileName,omitempty"` // base name
	ContentLength            int64  `json:"contentLength,omitempty"`
	LastModifiedEpochSeconds int64  `json:"lastModifiedEpochSeconds,omitempty"`
}

// StartSubmissionUploadResponse gives the session: the file goes to CreateURL,
// the token into CreateSubmission.
type StartSubmissionUploadResponse struct {
	Token     string `json:"token"`
	CreateURL string `json:"createUrl"`
}

// CreateSubmissionRequest turns an uploaded file into a submission.
type CreateSubmissionRequest struct {
	CompetitionName       string    `json:"competitionName,omitempty"`
	BlobFileTokens        OneString `json:"blobFileTokens,omitempty"`
	SubmissionDescription string    `json:"submissionDescription,omitempty"`
}

// CreateCodeSubmissionRequest hands in what a notebook wrote.
type CreateCodeSubmissionRequest struct {
	CompetitionName       string `json:"competitionName,omitempty"`
	KernelOwner           string `json:"kernelOwner,omitempty"`
	KernelSlug            string `json:"kernelSlug,omitempty"`
	KernelVersion         int    `json:"kernelVersion,omitempty"`
	FileName              string `json:"fileName,omitempty"`
	SubmissionDescription string `json:"submissionDescription,omitempty"`
}

// CreateSubmissionResponse is the receipt.
type CreateSubmissionResponse struct {
	Message string `json:"message"`
	Ref     int64  `json:"ref"`
}

// ListSubmissionsRequest asks for one page of one's own submissions.
type ListSubmissionsRequest struct {
	CompetitionName string `json:"competitionName,omitempty"`
	SortBy          string `json:"sortBy,omitempty" enum:"SUBMISSION_SORT_BY_"`
	Group           string `json:"group,omitempty" enum:"SUBMISSION_GROUP_"`
	Page            int    `json:"page,omitempty"`
	PageToken       string `json:"pageToken,omitempty"`
	PageSize        int    `json:"pageSize,omitempty"`
}

// ListSubmissionsResponse is one page of submissions, newest first.
type ListSubmissionsResponse struct {
	Submissions   []Submission `json:"submissions" rest:"bare"`
	NextPageToken string       `json:"nextPageToken"`
}

// NextPage sets the token, unless the list is empty: for lists that came bare.
func (r *ListSubmissionsResponse) NextPage(token string) {
	if len(r.Submissions) > 0 {
		r.NextPageToken = token
	}
}

// GetSubmissionRequest asks for one submission.
type GetSubmissionRequest struct {
	Ref int64 `json:"ref,omitempty"`
}

// DownloadSubmissionRequest asks for the signed URL of a submitted file.
type DownloadSubmissionRequest struct {
	SubmissionID int64 `json:"submissionId,omitempty"`
}

// Submission is one submission. The scores are text, formatted by the server.
type Submission struct {
	Ref              int64  `json:"ref,omitempty"`
	TotalBytes       int64  `json:"totalBytes,omitempty" rest:"nullable"`
	Date             Time   `json:"date,omitzero"`
	Description      string `json:"description,omitempty" rest:"nullable"`
	ErrorDescription string `json:"errorDescription,omitempty" rest:"nullable"`
	FileName         string `json:"fileName,omitempty" rest:"nullable"`
	PublicScore      string `json:"publicScore,omitempty" rest:"nullable"`
	PrivateScore     string `json:"privateScore,omitempty" rest:"nullable"`
	Status           Status `json:"status,omitempty"`
	SubmittedBy      string `json:"submittedBy,omitempty" rest:"nullable"`
	SubmittedByRef   string `json:"submittedByRef,omitempty" rest:"nullable"`
	TeamName         string `json:"teamName,omitempty" rest:"nullable"`
	URL              string `json:"url,omitempty" rest:"nullable"`
}

// SubmissionLimits is what is left of the day; days are UTC.
type SubmissionLimits struct {
	NumToday       int  `json:"numToday"`
	NumTotal       int  `json:"numTotal"`
	NumAllowedNow  int  `json:"numAllowedNow"`
	LimitedByTotal bool `json:"limitedByTotal"`
}

// Status is a submission's state. PENDING is the default and may be absent.
type Status string

// The states that exist.
const (
	Pending  Status = "PENDING"
	Complete Status = "COMPLETE"
	Failed   Status = "ERROR"
)

// UnmarshalJSON reads a state in any letter case, with or without the enum's
// own prefix (SUBMISSION_STATUS_COMPLETE); absent and null mean Pending.
func (s *Status) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return fmt.Errorf("submission status: want a word, got %.40s", b)
	}
	word := strings.TrimPrefix(strings.ToUpper(text), "SUBMISSION_STATUS_")
	switch st := Status(word); st {
	case Pending, Complete, Failed:
		*s = st
	case "":
		*s = Pending
	default:
		return fmt.Errorf("submission status: want PENDING, COMPLETE or ERROR, got %.40q", text)
	}
	return nil
}

// OneString is a string that some clients send as an array of one.
type OneString string

// UnmarshalJSON takes "x" and ["x"].
func (s *OneString) UnmarshalJSON(b []byte) error {
	var one string
	if err := json.Unmarshal(b, &one); err == nil {
		*s = OneString(one)
		return nil
	}
	var list []string
	if err := json.Unmarshal(b, &list); err != nil || len(list) != 1 {
		return fmt.Errorf("want one string, got %.40s", b)
	}
	*s = OneString(list[0])
	return nil
}
