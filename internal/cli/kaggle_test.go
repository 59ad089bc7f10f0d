package cli

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// TestNeverToKaggle: a file that a run on sandbox data made is not sent to a
// server that says it is Kaggle's, although the command line knows nothing of
// the file but its name. Not parallel, since the program reads its environment.
func TestNeverToKaggle(t *testing.T) {
	asked := []string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		answer := map[string]any{"ref": "https://www.kaggle.com/competitions/digit-recognizer", "userHasEntered": true,
			"evaluationMetric": "Categorization Accuracy", "deadline": "2040-01-01T00:00:00Z", "numAllowedNow": 5, "files": []any{}}
		_ = json.NewEncoder(w).Encode(answer)
	}))
	defer server.Close()
	dir := t.TempDir()
	t.Setenv("PODIUM_HOME", dir)
	t.Setenv("HOME", dir)
	t.Setenv("PODIUM_KAGGLE_URL", server.URL)
	t.Setenv("KAGGLE_API_TOKEN", "KGAT_test")
	file := filepath.Join(dir, "renamed.csv")
	if err := os.WriteFile(file, []byte("ImageId,Label\n1,7\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	sum, err := digest.File(file)
	if err != nil {
		t.Fatal(err)
	}
	err = (Home{Dir: dir}).Ledger().Append(submissions.Record{
		Event: submissions.Made, Time: time.Unix(0, 0), Competition: "digit-recognizer", Digest: sum, Origins: []string{"sandbox:digit-recognizer"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var out, errOut bytes.Buffer
	code := Main(t.Context(), []string{"podium", "submit", "digit-recognizer", file, "-m", "x", "--force"}, strings.NewReader(""), &out, &errOut)
	if code != 2 || !strings.Contains(errOut.String(), "refused to send to Kaggle's digit-recognizer: the file descends from sandbox:digit-recognizer") {
		t.Errorf("exit %d: %s", code, &errOut)
	}
	for _, path := range asked {
		if strings.HasSuffix(path, "/StartSubmissionUpload") || strings.HasSuffix(path, "/CreateSubmission") {
			t.Errorf("asked for %s", path)
		}
	}
	if len(asked) == 0 {
		t.Error("the server was not asked: the test looks at nothing")
	}
}
