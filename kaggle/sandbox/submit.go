package sandbox

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// maxDescription bounds the text that goes with a submission, in bytes.
const maxDescription = 2000

func (s *Sandbox) startSubmissionUpload(c *call, in wire.StartSubmissionUploadRequest) (any, error) {
	comp, err := s.enter(in.CompetitionName, c.user)
	if err != nil {
		return nil, err
	}
	if err := comp.takesFiles(); err != nil {
		return nil, err
	}
	if in.ContentLength <= 0 || in.ContentLength > maxUpload {
		return nil, apiErrorf(http.StatusBadRequest, "contentLength: want 1..%d bytes, got %d", maxUpload, in.ContentLength)
	}
	in.FileName = in.FileName[strings.LastIndexAny(in.FileName, `/\`)+1:]
	if in.FileName == "" || len(in.FileName) > 255 {
		return nil, apiErrorf(http.StatusBadRequest, "fileName: want a file name")
	}
	ses, err := s.uploads.begin(comp.name, c.user.Name, in)
	if err != nil {
		return nil, err
	}
	return wire.StartSubmissionUploadResponse{Token: ses.token, CreateURL: origin(c.r) + "/upload/" + ses.id}, nil
}

// takesFiles says why a competition takes no file from anybody.
func (c *competition) takesFiles() error {
	switch {
	case c.CodeOnly:
		return refusedf("This competition only accepts submissions from notebooks")
	case c.SubmissionsDisabled:
		return refusedf("Submissions are disabled: the competition is closed")
	}
	return nil
}

// createSubmission makes an uploaded file a submission. The file is in its
// place and durable before the journal says that it exists.
func (s *Sandbox) createSubmission(c *call, in wire.CreateSubmissionRequest) (any, error) {
	comp, err := s.enter(in.CompetitionName, c.user)
	if err != nil {
		return nil, err
	}
	if err := comp.takesFiles(); err != nil {
		return nil, err
	}
	if len(in.SubmissionDescription) > maxDescription {
		return nil, apiErrorf(http.StatusBadRequest, "submissionDescription: want at most %d bytes", maxDescription)
	}
	ses := s.uploads.take(string(in.BlobFileTokens))
	if ses == nil || ses.user != c.user.Name || ses.comp != comp.name {
		return nil, apiErrorf(http.StatusBadRequest, "blobFileTokens: no such upload")
	}
	ses.mu.Lock()
	defer ses.mu.Unlock()
	if ses.used || ses.stored != ses.size {
		return nil, apiErrorf(http.StatusBadRequest, "blobFileTokens: the upload is not complete")
	}
	var made event
	err = s.journal.update(c.ctx, func(t *tx) error {
		made = event{
			Kind: kindSubmit, Time: s.now().UTC(), Competition: comp.name, User: c.user.Name, Team: c.user.Team,
			Ref: t.st.lastRef + 1, File: ses.file, Bytes: ses.size, Description: in.SubmissionDescription,
		}
		if err := comp.withinLimit(t.st, c.user, made.Time); err != nil {
			return err
		}
		if err := os.MkdirAll(comp.submissions(), 0o755); err != nil {
			return err
		}
		if err := os.Rename(ses.path, comp.submissionPath(made.Ref)); err != nil {
			return err
		}
		t.syncDir(comp.submissions())
		return t.add(made)
	})
	if err != nil {
		return nil, err
	}
	ses.used = true
	s.uploads.end(ses)
	s.enqueue(made)
	return wire.CreateSubmissionResponse{Message: "Successfully submitted to " + comp.Title, Ref: made.Ref}, nil
}

// createCodeSubmission says that there are no notebooks here.
func (s *Sandbox) createCodeSubmission(c *call, in wire.CreateCodeSubmissionRequest) (any, error) {
	comp, err := s.enter(in.CompetitionName, c.user)
	if err != nil {
		return nil, err
	}
	if !comp.CodeOnly {
		return nil, refusedf("This competition accepts files only, no notebooks")
	}
	return nil, apiErrorf(http.StatusBadRequest, "Notebook %.100q not found: a podium sandbox runs none", in.KernelOwner+"/"+in.KernelSlug)
}

// withinLimit is the daily limit, in Kaggle's words.
func (c *competition) withinLimit(st *state, u User, now time.Time) error {
	today, _ := st.spent(c.name, u.Name, now)
	if c.DailyLimit == 0 || today < c.DailyLimit {
		return nil
	}
	left := now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now)
	return refusedf("%s", dailyLimitText(c.DailyLimit, left.Hours()))
}

func dailyLimitText(limit int, hoursLeft float64) string {
	return fmt.Sprintf("Submission not allowed: Your team has used its daily Submission allowance (%d) today, "+
		"please try again tomorrow UTC (%.0f hours from now)", limit, hoursLeft)
}
