package kaggle_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

// TestDigitRecognizer goes the whole way on the embedded competition: list,
// files, download, submit, score, board.
func TestDigitRecognizer(t *testing.T) {
	t.Parallel()
	s, err := sandbox.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	srv, err := s.Serve(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	ctx, c := t.Context(), newClient(t, srv.URL(), kaggle.WithCredentials(kaggle.NewToken(srv.Token())))

	comps, err := c.Competitions(ctx, "DIGIT")
	if err != nil || len(comps) != 1 || comps[0].Slug != "digit-recognizer" || comps[0].Origin != "sandbox:digit-recognizer" {
		t.Fatalf("Competitions: %+v, %v", comps, err)
	}
	if !strings.Contains(comps[0].Title, "not Kaggle's") || comps[0].Metric != "Categorization Accuracy" || !comps[0].Entered {
		t.Errorf("competition: %+v", comps[0])
	}
	dir := t.TempDir()
	got, err := c.DownloadAll(ctx, "digit-recognizer", kaggle.DownloadOptions{Dir: dir})
	if err != nil || len(got) != 3 {
		t.Fatalf("DownloadAll: %+v, %v", got, err)
	}
	for name, want := range map[string]struct {
		head string
		rows int
	}{
		"train.csv":             {"label,pixel0,pixel1,", 10_000},
		"test.csv":              {"pixel0,pixel1,", 5_000},
		"sample_submission.csv": {"ImageId,Label\n1,0\n", 5_000},
	} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if rows := bytes.Count(b, []byte("\n")) - 1; !bytes.HasPrefix(b, []byte(want.head)) || rows != want.rows {
			t.Errorf("%s: %d rows, begins %.40q", name, rows, b)
		}
	}

	var all strings.Builder // always 1: right in 11.25 % of MNIST
	all.WriteString("ImageId,Label\n")
	for i := range 5_000 {
		fmt.Fprintf(&all, "%d,1\n", i+1)
	}
	res, err := c.Submit(ctx, "digit-recognizer", submissionFile(t, all.String()), "always one")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(res.Message, "Successfully submitted to Digit Recognizer") || res.Late {
		t.Errorf("receipt: %+v", res)
	}
	sub := scored(t, c, res.Ref)
	if sub.Status != kaggle.StatusComplete || sub.PublicScore == "" || sub.PrivateScore == "" || sub.Team != sandbox.DefaultUser.Team {
		t.Fatalf("submission: %+v", sub)
	}
	var public, private float64
	fmt.Sscan(sub.PublicScore, &public)
	fmt.Sscan(sub.PrivateScore, &private)
	if whole := public*0.25 + private*0.75; whole < 0.1120 || whole > 0.1130 { // 563 ones of 5,000
		t.Errorf("scores %s and %s make %v of all rows, want 0.1126", sub.PublicScore, sub.PrivateScore, whole)
	}
	board, err := c.Leaderboard(ctx, "digit-recognizer")
	if err != nil || len(board) != 44 {
		t.Fatalf("Leaderboard: %d rows, %v", len(board), err)
	}
	for i, row := range board {
		if row.Rank != i+1 || (row.Team != sandbox.DefaultUser.Team && !strings.HasPrefix(row.Team, "synthetic: ")) {
			t.Errorf("row %d: %+v", i, row)
		}
		if i > 0 && row.Score > board[i-1].Score {
			t.Errorf("row %d: score %s above %s", i, row.Score, board[i-1].Score)
		}
	}
}
