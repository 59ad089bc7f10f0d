package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// inGroup says whether a submission is of a group. Nobody selects any here: the
// best one stands on the board.
func inGroup(group string, m wire.Submission) bool {
	switch group {
	case "", "SUBMISSION_GROUP_ALL":
		return true
	case wire.GroupSuccessful:
		return m.Status == wire.Complete
	}
	return false
}

// sortSubmissions orders a list that is ordered by date, newest first. What has
// no score comes last.
func sortSubmissions(all []wire.Submission, by string, m metric.Metric) error {
	score := func(of func(wire.Submission) string) func(a, b wire.Submission) int {
		return func(a, b wire.Submission) int {
			x, err1 := strconv.ParseFloat(of(a), 64)
			y, err2 := strconv.ParseFloat(of(b), 64)
			switch {
			case err1 != nil && err2 != nil, err1 == nil && err2 == nil && x == y:
				return 0
			case err2 != nil, err1 == nil && m.Better(x, y):
				return -1
			}
			return 1
		}
	}
	switch by {
	case "", wire.SortSubmissionsByDate:
	case wire.SortSubmissionsByName:
		slices.SortStableFunc(all, func(a, b wire.Submission) int { return strings.Compare(a.FileName, b.FileName) })
	case wire.SortSubmissionsByPublicScore:
		slices.SortStableFunc(all, score(func(s wire.Submission) string { return s.PublicScore }))
	case wire.SortSubmissionsByPrivateScore:
		slices.SortStableFunc(all, score(func(s wire.Submission) string { return s.PrivateScore }))
	default:
		return apiErrorf(http.StatusBadRequest, "sortBy: unknown word %.60q", by)
	}
	return nil
}
