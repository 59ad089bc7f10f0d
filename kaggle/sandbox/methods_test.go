package sandbox_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

func TestDataTree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bundleFiles(t, dir)
	r := newRig(t, dir)
	var top wire.DirectoryContent
	if code := r.call(t, sandbox.DevToken, wire.ListDataTreeFiles, wire.ListDataTreeFilesRequest{CompetitionName: "toy"}, &top); code != http.StatusOK {
		t.Fatalf("HTTP %d", code)
	}
	want := wire.Directory{Name: "a b", RelativeURL: "a b", TotalDirectories: 1, TotalFiles: 1, TotalChildren: 2}
	if len(top.Directories) != 1 || top.Directories[0] != want || top.TotalFiles != 3 || top.TotalDirectories != 1 || top.TotalChildren != 4 {
		t.Errorf("top: %+v", top)
	}
	// Page by page, by ones, everything comes once.
	var seen []string
	for token, pages := "", 0; pages < 10; pages++ {
		var page wire.DirectoryContent
		in := wire.ListDataTreeFilesRequest{CompetitionName: "toy", Path: "/", PageSize: 1, PageToken: token}
		r.call(t, sandbox.DevToken, wire.ListDataTreeFiles, in, &page)
		for _, d := range page.Directories {
			seen = append(seen, d.Name+"/")
		}
		for _, f := range page.Files {
			seen = append(seen, f.RelativeURL)
		}
		if token = page.NextPageToken; token == "" {
			break
		}
	}
	if want := []string{"a b/", "empty.bin", "large.bin", "test.csv"}; !slices.Equal(seen, want) {
		t.Errorf("pages: %q, want %q", seen, want)
	}
	var inner wire.DirectoryContent
	r.call(t, sandbox.DevToken, wire.ListDataTreeFiles, wire.ListDataTreeFilesRequest{CompetitionName: "toy", Path: "a b/"}, &inner)
	if len(inner.Files) != 1 || inner.Files[0].Name != "ü.csv" || inner.Files[0].RelativeURL != "a b/ü.csv" || inner.Files[0].TotalBytes != 8 ||
		len(inner.Directories) != 1 || inner.Directories[0].RelativeURL != "a b/deep" {
		t.Errorf("a b: %+v", inner)
	}
	for _, path := range []string{"a", "a b/deep/er/one", "../.."} {
		var none json.RawMessage
		in := wire.ListDataTreeFilesRequest{CompetitionName: "toy", Path: path}
		if code := r.call(t, sandbox.DevToken, wire.ListDataTreeFiles, in, &none); code != http.StatusNotFound {
			t.Errorf("folder %q: HTTP %d %s", path, code, none)
		}
	}
}

func TestDataFilesSummary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bundleFiles(t, dir)
	r := newRig(t, dir)
	var got wire.FilesSummary
	r.call(t, sandbox.DevToken, wire.GetCompetitionDataFilesSummary, wire.Named{CompetitionName: "toy"}, &got)
	kinds := map[string]wire.FileKind{}
	for _, k := range got.FileSummaryInfo.FileTypes {
		kinds[k.Extension] = k
	}
	if got.FileSummaryInfo.TotalFileCount != 5 || len(kinds) != 3 || kinds[".bin"] != (wire.FileKind{Extension: ".bin", FileCount: 2, TotalSize: 16 * 70_000}) ||
		kinds[""].FileCount != 1 || got.ColumnSummaryInfo.TotalColumnCount != 3 || got.ColumnSummaryInfo.ColumnTypes == nil {
		t.Errorf("got %+v", got)
	}
}

func TestCompetitionPages(t *testing.T) {
	t.Parallel()
	r := newRig(t, t.TempDir())
	var all, one wire.ListCompetitionPagesResponse
	r.call(t, sandbox.DevToken, wire.ListCompetitionPages, wire.ListCompetitionPagesRequest{CompetitionName: "toy"}, &all)
	r.call(t, sandbox.DevToken, wire.ListCompetitionPages, wire.ListCompetitionPagesRequest{CompetitionName: "toy", PageName: "evaluation"}, &one)
	if len(all.Pages) != 4 || len(one.Pages) != 1 || !strings.Contains(one.Pages[0].Content, "Categorization Accuracy") {
		t.Errorf("got %+v, %+v", all, one)
	}
}

// Nobody can hand in a notebook here, and why is said.
func TestCodeSubmission(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	code := filepath.Join(dir, "code")
	for name, text := range toy {
		path := filepath.Join(code, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text+map[bool]string{true: "code_only: true\n"}[name == "competition.yaml"]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := newRig(t, dir)
	for comp, want := range map[string]string{"toy": "accepts files only", "code": `Notebook \"me/nb\" not found`} {
		form := map[string]string{"kernelOwner": "me", "kernelSlug": "nb", "kernelVersion": "3"}
		status, body := r.rest(t, "POST", "/competitions/submissions/submit-notebook/"+comp, form)
		if status != http.StatusBadRequest || !strings.Contains(body, want) {
			t.Errorf("%s: HTTP %d %s", comp, status, body)
		}
	}
}

// TestBoardFile: the downloaded board is the board, and names who is on it.
func TestBoardFile(t *testing.T) {
	t.Parallel()
	r := newRig(t, t.TempDir(), sandbox.WithClock(func() time.Time { return time.Date(2026, 9, 30, 17, 41, 44, 0, time.UTC) }))
	r.scored(t, sandbox.DevToken, r.submit(t, sandbox.DevToken, right))
	r.scored(t, sandbox.DevToken, r.submit(t, sandbox.DevToken, "Id,Label\n1,b\n2,a\n3,a\n4,a\n"))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+"/api/v1/competitions/toy/leaderboard/download", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+sandbox.DevToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil || len(z.File) != 1 {
		t.Fatalf("%v in %d bytes of %s", err, len(body), resp.Header.Get("Content-Type"))
	}
	f, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(f)
	var page wire.GetLeaderboardResponse
	r.call(t, sandbox.DevToken, wire.GetLeaderboard, wire.GetLeaderboardRequest{CompetitionName: "toy"}, &page)
	want := "\xef\xbb\xbfRank,TeamId,TeamName,LastSubmissionDate,Score,SubmissionCount,TeamMemberUserNames\n" +
		fmt.Sprintf("1,%d,You,2026-09-30 17:41:44,1.00000,2,sandbox\n", page.Submissions[0].TeamID)
	if string(text) != want || z.File[0].Name != "toy-publicleaderboard-2026-09-30T17:41:44.csv" {
		t.Errorf("%s: got %q, want %q", z.File[0].Name, text, want)
	}
}

func TestTeamPublicSubmissions(t *testing.T) {
	t.Parallel()
	r := newRig(t, t.TempDir())
	worse, best := r.submit(t, sandbox.DevToken, "Id,Label\n1,b\n2,a\n3,a\n4,a\n"), r.submit(t, sandbox.DevToken, right)
	r.scored(t, sandbox.DevToken, worse)
	r.scored(t, sandbox.DevToken, best)
	var page wire.GetLeaderboardResponse
	r.call(t, sandbox.DevToken, wire.GetLeaderboard, wire.GetLeaderboardRequest{CompetitionName: "toy"}, &page)
	var got wire.ListTeamPublicSubmissionsResponse
	r.call(t, sandbox.DevToken, wire.ListTeamPublicSubmissions, wire.ListTeamPublicSubmissionsRequest{TeamID: page.Submissions[0].TeamID}, &got)
	if len(got.Submissions) != 1 || got.Submissions[0].ID != best || got.Submissions[0].PublicScore != "1.00000" {
		t.Errorf("got %+v", got)
	}
	var none wire.ListTeamPublicSubmissionsResponse
	r.call(t, sandbox.DevToken, wire.ListTeamPublicSubmissions, wire.ListTeamPublicSubmissionsRequest{TeamID: 1}, &none)
	if none.Submissions == nil || len(none.Submissions) != 0 {
		t.Errorf("nobody's: %+v", none)
	}
}

// Lists are paged by token and by number, and sorted and filtered as asked.
func TestLists(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, more := range map[string]string{
		"soon": "deadline: 2027-01-01\ncategory: Research\n", "later": "deadline: 2028-01-01\nrules: accept\n", "never": "category: Getting Started\n",
	} {
		writeFile(t, filepath.Join(dir, name, "competition.yaml"), []byte(strings.Replace(toy["competition.yaml"], "Toy", name, 1)+more))
		writeFile(t, filepath.Join(dir, name, "solution.csv"), []byte(toy["solution.csv"]))
	}
	r := newRig(t, dir)
	list := func(in wire.ListCompetitionsRequest) (slugs []string, next string) {
		t.Helper()
		var page wire.ListCompetitionsResponse
		if code := r.call(t, sandbox.DevToken, wire.ListCompetitions, in, &page); code != http.StatusOK {
			return []string{fmt.Sprint(code)}, ""
		}
		for _, c := range page.Competitions {
			slugs = append(slugs, c.Ref[strings.LastIndexByte(c.Ref, '/')+1:])
		}
		return slugs, page.NextPageToken
	}
	for _, c := range []struct {
		in   wire.ListCompetitionsRequest
		want string
		next bool
	}{
		{wire.ListCompetitionsRequest{}, "digit-recognizer dogs-vs-cats-redux-kernels-edition later never soon state-farm-distracted-driver-detection the-nature-conservancy-fisheries-monitoring toy", false},
		{wire.ListCompetitionsRequest{Page: -1, PageSize: 2}, "digit-recognizer dogs-vs-cats-redux-kernels-edition", true},
		{wire.ListCompetitionsRequest{Page: 2, PageSize: 2}, "later never", true},
		{wire.ListCompetitionsRequest{Page: 3, PageSize: 2}, "soon state-farm-distracted-driver-detection", true},
		{wire.ListCompetitionsRequest{Page: 9_000_000_000, PageSize: 200}, "", false},
		{wire.ListCompetitionsRequest{Page: 1, PageToken: "4", PageSize: 2}, "soon state-farm-distracted-driver-detection", true},
		{wire.ListCompetitionsRequest{PageToken: "x"}, "400", false},
		{wire.ListCompetitionsRequest{PageToken: "-1"}, "400", false},
		{wire.ListCompetitionsRequest{PageToken: "9999"}, "", false},
		{wire.ListCompetitionsRequest{Search: "NEVER"}, "never", false},
		{wire.ListCompetitionsRequest{Group: wire.TabEntered}, "digit-recognizer dogs-vs-cats-redux-kernels-edition never soon state-farm-distracted-driver-detection the-nature-conservancy-fisheries-monitoring toy", false},
		{wire.ListCompetitionsRequest{Group: "COMPETITION_LIST_TAB_HOSTED"}, "", false},
		{wire.ListCompetitionsRequest{Category: "HOST_SEGMENT_RESEARCH"}, "soon", false},
		{wire.ListCompetitionsRequest{Category: "HOST_SEGMENT_GETTING_STARTED"}, "digit-recognizer never", false},
		{wire.ListCompetitionsRequest{SortBy: wire.SortByEarliestDeadline, PageSize: 3}, "soon later digit-recognizer", true},
		{wire.ListCompetitionsRequest{SortBy: wire.SortByLatestDeadline, PageSize: 2}, "never toy", true},
		{wire.ListCompetitionsRequest{SortBy: wire.SortByNumberOfTeams, PageSize: 2}, "digit-recognizer the-nature-conservancy-fisheries-monitoring", true},
		{wire.ListCompetitionsRequest{SortBy: "COMPETITION_SORT_BY_COLOUR"}, "400", false},
	} {
		slugs, next := list(c.in)
		if strings.Join(slugs, " ") != c.want || (next != "") != c.next {
			t.Errorf("%+v: got %v and token %q, want %s", c.in, slugs, next, c.want)
		}
	}
}

func TestSubmissionOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t, t.TempDir())
	texts := []string{"Id,Label\n1,b\n2,b\n3,a\n4,b\n", "Id,Label\n1,b\n", right} // 0.5 and 1; failed; 1 and 0.5
	for _, text := range texts {
		r.scored(t, sandbox.DevToken, r.submit(t, sandbox.DevToken, text))
	}
	for _, c := range []struct {
		sort, group, want string
	}{
		{"", "", "[3 2 1]"},
		{wire.SortSubmissionsByDate, "SUBMISSION_GROUP_ALL", "[3 2 1]"},
		{wire.SortSubmissionsByName, "", "[3 2 1]"},
		{wire.SortSubmissionsByPublicScore, "", "[3 1 2]"},
		{wire.SortSubmissionsByPrivateScore, "", "[1 3 2]"},
		{"", wire.GroupSuccessful, "[3 1]"},
		{"", "SUBMISSION_GROUP_SELECTED", "[]"},
	} {
		var page wire.ListSubmissionsResponse
		r.call(t, sandbox.DevToken, wire.ListSubmissions, wire.ListSubmissionsRequest{CompetitionName: "toy", SortBy: c.sort, Group: c.group}, &page)
		refs := []int64{}
		for _, s := range page.Submissions {
			refs = append(refs, s.Ref)
		}
		if fmt.Sprint(refs) != c.want {
			t.Errorf("%s %s: got %v, want %s", c.sort, c.group, refs, c.want)
		}
	}
	var refused json.RawMessage
	if code := r.call(t, sandbox.DevToken, wire.ListSubmissions, wire.ListSubmissionsRequest{CompetitionName: "toy", SortBy: "X"}, &refused); code != http.StatusBadRequest {
		t.Errorf("HTTP %d", code)
	}
}
