package wire

import (
	"strings"
	"unicode"
)

// Words that podium itself uses. On the RPC wire they are the whole names; in
// the REST dialect they lose their prefix and are lower case. Request fields
// that hold such a word name the prefix in their enum tag.
const (
	TabEverything = "COMPETITION_LIST_TAB_EVERYTHING"
	TabGeneral    = "COMPETITION_LIST_TAB_GENERAL"
	TabEntered    = "COMPETITION_LIST_TAB_ENTERED"

	SortByBest             = "COMPETITION_SORT_BY_BEST"
	SortByEarliestDeadline = "COMPETITION_SORT_BY_EARLIEST_DEADLINE"
	SortByLatestDeadline   = "COMPETITION_SORT_BY_LATEST_DEADLINE"
	SortByNumberOfTeams    = "COMPETITION_SORT_BY_NUMBER_OF_TEAMS"

	GroupSuccessful = "SUBMISSION_GROUP_SUCCESSFUL"

	SortSubmissionsByDate         = "SUBMISSION_SORT_BY_DATE"
	SortSubmissionsByName         = "SUBMISSION_SORT_BY_NAME"
	SortSubmissionsByPrivateScore = "SUBMISSION_SORT_BY_PRIVATE_SCORE"
	SortSubmissionsByPublicScore  = "SUBMISSION_SORT_BY_PUBLIC_SCORE"
)

// fullWord is the RPC name of a word that may stand there in any of the
// spellings that clients have sent: ENTERED, entered, numberOfTeams,
// latest_deadline or the full name.
func fullWord(prefix, word string) string {
	if word == "" {
		return ""
	}
	var b strings.Builder
	lower := false
	for _, r := range word {
		if unicode.IsUpper(r) && lower {
			b.WriteByte('_')
		}
		lower = unicode.IsLower(r) || unicode.IsDigit(r)
		b.WriteRune(unicode.ToUpper(r))
	}
	return prefix + strings.TrimPrefix(b.String(), prefix)
}

// shortWord is how the REST dialect writes the word with the full name.
func shortWord(prefix, full string) string {
	return strings.ToLower(strings.TrimPrefix(full, prefix))
}
