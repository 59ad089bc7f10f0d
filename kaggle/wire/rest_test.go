package wire_test

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

var sample = wire.Submission{
	Ref: 51234567890123, TotalBytes: 2839, Date: wire.Time{Time: time.Date(2026, 7, 1, 10, 0, 0, 123e6, time.UTC)},
	FileName: "s.csv", PublicScore: "0.77511", Status: wire.Complete, TeamName: "Großes \"Team\"",
}

// A REST answer says everything three times, and reads back as what it was.
func TestMarshalREST(t *testing.T) {
	t.Parallel()
	b, err := wire.MarshalREST(sample)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"ref":51234567890123,`,
		`"publicScore":"0.77511","hasPublicScore":true,"publicScoreNullable":"0.77511"`,
		`"privateScore":"","hasPrivateScore":false,"privateScoreNullable":null`,
		`"totalBytes":2839,"hasTotalBytes":true,"totalBytesNullable":2839`,
		`"status":"complete"`,
		`"date":"2026-07-01T10:00:00.123Z"`,
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("want %s in %s", want, b)
		}
	}
	var back wire.Submission
	if err := wire.Unmarshal(b, &back); err != nil || back != sample {
		t.Errorf("read back %+v, %v", back, err)
	}
}

func TestMarshalRESTLists(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   any
		want string
	}{
		{wire.ListSubmissionsResponse{Submissions: []wire.Submission{}, NextPageToken: "20"}, `[]`},
		{wire.ListCompetitionsResponse{Competitions: []wire.Competition{}}, `[]`},
		{&wire.GetLeaderboardResponse{Submissions: []wire.LeaderboardRow{}, NextPageToken: "x"}, `{"submissions":[],"nextPageToken":"x"}`},
		{wire.LeaderboardRow{TeamID: 1}, `{"teamId":1,"teamName":"","hasTeamName":false,"teamNameNullable":null,"submissionDate":null,` +
			`"score":"","hasScore":false,"scoreNullable":null}`},
		{wire.SubmissionLimits{NumAllowedNow: 5}, `{"numToday":0,"numTotal":0,"numAllowedNow":5,"limitedByTotal":false}`},
	} {
		b, err := wire.MarshalREST(c.in)
		if err != nil || string(b) != c.want {
			t.Errorf("%T: got %s, %v; want %s", c.in, b, err, c.want)
		}
	}
}

// The three fields of one value may say different things, or be absent.
func TestUnmarshalNullables(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"teamName":"a"}`: "a",
		`{"teamName":"a","hasTeamName":true,"teamNameNullable":"a"}`:  "a",
		`{"teamName":"","hasTeamName":false,"teamNameNullable":null}`: "",
		`{"teamNameNullable":"b"}`:                                    "b",
		`{"teamName":null,"teamNameNullable":"b"}`:                    "b",
		`{"teamName":"x","hasTeamName":true,"teamNameNullable":"b"}`:  "x",
		`{"teamName":"x","hasTeamName":false,"teamNameNullable":"b"}`: "b",
		`{"hasTeamName":true,"teamNameNullable":"b"}`:                 "b",
	} {
		var row wire.LeaderboardRow
		if err := wire.Unmarshal([]byte(body), &row); err != nil || row.TeamName != want {
			t.Errorf("%s: got %q, %v; want %q", body, row.TeamName, err, want)
		}
	}
}

func TestUnmarshalBare(t *testing.T) {
	t.Parallel()
	var list wire.ListSubmissionsResponse
	body := ` [{"ref":9007199254740993,"status":"complete","publicScoreNullable":"0.5"},{"ref":2,"status":"Error"}]`
	if err := wire.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Submissions) != 2 || list.Submissions[0].Ref != 9007199254740993 || list.Submissions[0].PublicScore != "0.5" ||
		list.Submissions[1].Status != wire.Failed {
		t.Errorf("got %+v", list.Submissions)
	}
	if err := wire.Unmarshal([]byte(`[]`), &wire.Submission{}); err == nil {
		t.Error("a list was read as a submission")
	}
	if err := wire.Unmarshal([]byte(`{"x":1,"aNullable":2} trailing`), &wire.Submission{}); err == nil {
		t.Error("what trails was not noticed")
	}
}

func TestForm(t *testing.T) {
	t.Parallel()
	in := wire.ListCompetitionsRequest{Group: wire.TabEntered, SortBy: wire.SortByNumberOfTeams, Search: "a b&c", Page: 2}
	form := wire.EncodeForm(&in)
	want := url.Values{"group": {"entered"}, "sortBy": {"number_of_teams"}, "search": {"a b&c"}, "page": {"2"}}
	if !reflect.DeepEqual(form, want) {
		t.Errorf("got %v, want %v", form, want)
	}
	var back wire.ListCompetitionsRequest
	if err := wire.DecodeForm(form, &back); err != nil || back != in {
		t.Errorf("read back %+v, %v", back, err)
	}
}

// Every generation of clients spelled words in its own way.
func TestFormWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "entered": wire.TabEntered, "ENTERED": wire.TabEntered, wire.TabEntered: wire.TabEntered,
		"inClass":                      "COMPETITION_LIST_TAB_IN_CLASS",
		"unlaunched_community":         "COMPETITION_LIST_TAB_UNLAUNCHED_COMMUNITY",
		"competition_list_tab_entered": wire.TabEntered,
	} {
		var got wire.ListCompetitionsRequest
		if err := wire.DecodeForm(url.Values{"group": {text}}, &got); err != nil || got.Group != want {
			t.Errorf("%q: got %q, %v; want %q", text, got.Group, err, want)
		}
	}
}

func TestDecodeFormErrors(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]string{
		"pageSize=x":                       `pageSize: want a whole number, got "x"`,
		"pageSize=1e3":                     "pageSize",
		"overridePublic=perhaps":           "overridePublic: want true or false",
		"pageSize=99999999999999999999999": "pageSize",
	} {
		values, err := url.ParseQuery(form)
		if err != nil {
			t.Fatal(err)
		}
		if err := wire.DecodeForm(values, &wire.GetLeaderboardRequest{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", form, err, want)
		}
	}
	var ok wire.GetLeaderboardRequest
	if err := wire.DecodeForm(url.Values{"overridePublic": {"True"}, "unknown": {"x"}, "pageSize": {""}}, &ok); err != nil || !ok.OverridePublic {
		t.Errorf("got %+v, %v", ok, err)
	}
}

// Any bytes are safe to read, and what was read can be written and read again.
func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[{"ref":1,"hasRef":true}]`, `{"submissions":[{"teamName":"","hasTeamName":false,"teamNameNullable":null}]}`,
		`{"submissions":null}`, `{"aNullable":{"bNullable":[]}}`, `{"Nullable":1}`, `null`, `{"nextPageToken":7}`, `[[["xNullable"]]]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var list wire.ListSubmissionsResponse
		if wire.Unmarshal(body, &list) != nil {
			return
		}
		b, err := wire.MarshalREST(list)
		if err != nil || !json.Valid(b) {
			t.Fatalf("%+v cannot be written: %s, %v", list, b, err)
		}
		var back wire.ListSubmissionsResponse
		if err := wire.Unmarshal(b, &back); err != nil {
			t.Fatalf("%s cannot be read back: %v", b, err)
		}
	})
}
