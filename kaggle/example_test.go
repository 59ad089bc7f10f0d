package kaggle_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

func ExampleSlug() {
	slug, err := kaggle.Slug("https://www.kaggle.com/competitions/titanic/overview")
	fmt.Println(slug, err)
	_, err = kaggle.Slug("https://www.kaggle.com")
	fmt.Println(err)
	fmt.Println(fault.HintOf(err))
	// Output:
	// titanic <nil>
	// no competition name in "https://www.kaggle.com"
	// give a name as titanic, or a URL as https://www.kaggle.com/competitions/titanic
}

func ExampleFindCredentials() {
	env := map[string]string{"KAGGLE_API_TOKEN": "KGAT_of_yours"}
	cr, err := kaggle.FindCredentials(func(k string) string { return env[k] }, "/home/ada")
	if err != nil {
		fmt.Println(err, fault.HintOf(err))
		return
	}
	fmt.Printf("%+v\n", cr) // a secret is not printed under any verb
	// Output:
	// access token from KAGGLE_API_TOKEN
}

func ExampleFindNetwork() {
	env := map[string]string{"HTTPS_PROXY": "http://ada:secret@proxy.example:3128", "NO_PROXY": "kaggle.example"}
	n, err := kaggle.FindNetwork(func(k string) string { return env[k] }, "/home/ada")
	if err != nil {
		fmt.Println(err, fault.HintOf(err))
		return
	}
	fmt.Println(n.ProxyFor("https://api.kaggle.com")) // for New: kaggle.WithTransport(n.Transport())
	fmt.Println(n.ProxyFor("https://kaggle.example"))
	// Output:
	// http://proxy.example:3128 HTTPS_PROXY
}

func ExampleParseLeaderboard() {
	rows, err := kaggle.ParseLeaderboard(strings.NewReader(
		"\ufeffRank,TeamId,TeamName,LastSubmissionDate,Score,SubmissionCount,TeamMemberUserNames\n" +
			"1,11,Ann & Bob,2026-09-30 17:41:44,0.99,7,\"ann,bob\"\n"))
	fmt.Println(rows[0].Rank, rows[0].Team, rows[0].Score, rows[0].Submissions, rows[0].Members, err)
	// Output:
	// 1 Ann & Bob 0.99 7 [ann bob] <nil>
}

// A whole visit: files, a submission, its score, the board. Against kaggle.com
// only New differs: no base URL, and the credentials of FindCredentials.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "podium")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	box, err := sandbox.Open(filepath.Join(dir, "sandbox"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer box.Close()
	srv, err := box.Serve(ctx, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()

	c, err := kaggle.New(kaggle.WithBaseURL(srv.URL()), kaggle.WithCredentials(kaggle.NewToken(srv.Token())))
	if err != nil {
		fmt.Println(err)
		return
	}
	got, err := c.DownloadAll(ctx, "digit-recognizer", kaggle.DownloadOptions{Dir: dir, Globs: []string{"sample*"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	res, err := c.Submit(ctx, "digit-recognizer", got[0].Path, "all zeros")
	if err != nil {
		fmt.Println(err)
		return
	}
	for {
		s, err := c.Submission(ctx, res.Ref)
		if err != nil {
			fmt.Println(err)
			return
		}
		if s.Status != kaggle.StatusPending {
			fmt.Println(s.Status, s.PublicScore, s.PrivateScore)
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	board, err := c.Leaderboard(ctx, "digit-recognizer")
	fmt.Println(len(board), "teams, first:", board[0].Team, board[0].Score, err)
	// Output:
	// complete 0.08880 0.10187
	// 44 teams, first: synthetic: multi-column CNN 0.99760 <nil>
}
