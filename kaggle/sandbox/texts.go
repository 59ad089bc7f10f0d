package sandbox

import (
	"fmt"
	"net/http"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// listCompetitionPages gives the texts that Kaggle shows of a competition.
func (s *Sandbox) listCompetitionPages(c *call, in wire.ListCompetitionPagesRequest) (any, error) {
	comp, err := s.find(in.CompetitionName)
	if err != nil {
		return nil, err
	}
	out := wire.ListCompetitionPagesResponse{Pages: []wire.CompetitionPage{}}
	for _, t := range comp.texts() {
		if in.PageName == "" || in.PageName == t.name {
			out.Pages = append(out.Pages, wire.CompetitionPage{Name: t.name, Content: t.text, IsPublished: true, MimeType: "text/markdown"})
		}
	}
	if in.PageName != "" && len(out.Pages) == 0 {
		return nil, apiErrorf(http.StatusNotFound, "Page %.100q not found", in.PageName)
	}
	return out, nil
}

type text struct{ name, text string }

// texts are what there is to say about a competition, under Kaggle's names.
func (c *competition) texts() []text {
	return []text{
		{"description", c.Description},
		{"evaluation", "Submissions are scored by " + c.metric.Title + "."},
		{"data-description", "The data was made of " + c.Origin + ". It is not Kaggle's."},
		{"rules", c.rules()},
	}
}

func (c *competition) rules() string {
	limit, closes := "There is no daily limit.", "It never closes."
	if c.DailyLimit > 0 {
		limit = fmt.Sprintf("A team may submit %d times a day; days are UTC.", c.DailyLimit)
	}
	if !c.Deadline.IsZero() {
		closes = "What is submitted after " + c.Deadline.UTC().Format("2006-01-02 15:04:05 UTC") + " is scored, but not ranked."
	}
	return limit + " " + closes
}
