package submissions_test

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/submissions"
)

const (
	digits  = "ImageId,Label\n1,0\n2,0\n3,0\n"
	drivers = "img,c0,c1,c2\na.jpg,0.5,0.25,0.25\nb.jpg,0.5,0.25,0.25\n"
	prices  = "Id,Price\n1,169277.05\n2,187758.4\n"
	words   = "id,breed\n1,poodle\n2,boxer\n"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sample, file string
		want         []string // parts of the error; none: the file is good
	}{
		"good":                {digits, "ImageId,Label\n1,7\n2,0\n3,9\n", nil},
		"another order":       {digits, "ImageId,Label\n3,7\n1,0\n2,9\n", nil},
		"windows newlines":    {digits, "ImageId,Label\r\n1,7\r\n2,0\r\n3,9\r\n", nil},
		"byte order mark":     {digits, "\ufeffImageId,Label\n1,7\n2,0\n3,9\n", nil},
		"no newline at end":   {digits, "ImageId,Label\n1,7\n2,0\n3,9", nil},
		"quoted":              {digits, "\"ImageId\",\"Label\"\n\"1\",7\n2,0\n3,9\n", nil},
		"good probabilities":  {drivers, "img,c0,c1,c2\na.jpg,0,1,0\nb.jpg,1e-7,0.3,0.6\n", nil},
		"good numbers":        {prices, "Id,Price\n1,-5\n2,1e9\n", nil},
		"good words":          {words, "id,breed\n1,boxer\n2,anything\n", nil},
		"empty file":          {digits, "", []string{"the file is empty"}},
		"header only":         {digits, "ImageId,Label\n", []string{`want 3 rows, got 0: the id "1" is missing`}},
		"swapped header":      {digits, "Label,ImageId\n7,1\n", []string{"line 1", "want the columns ImageId,Label, got Label,ImageId"}},
		"no header":           {digits, "1,7\n2,0\n3,9\n", []string{"want the columns ImageId,Label, got 1,7"}},
		"column too many":     {drivers, "img,c0,c1\na.jpg,1,0\n", []string{"want the columns img,c0,c1,c2, got img,c0,c1"}},
		"ragged":              {digits, "ImageId,Label\n1,7\n2\n3,9\n", []string{"line 3: want 2 columns, got 1"}},
		"row missing":         {digits, "ImageId,Label\n1,7\n3,9\n", []string{`want 3 rows, got 2: the id "2" is missing`}},
		"unknown id":          {digits, "ImageId,Label\n1,7\n2,0\n4,9\n", []string{`line 4, column "ImageId": the id "4" is not in the sample`}},
		"id twice":            {digits, "ImageId,Label\n1,7\n1,0\n3,9\n", []string{`line 3, column "ImageId": the id "1" is there a second time`}},
		"id empty":            {digits, "ImageId,Label\n1,7\n,0\n3,9\n", []string{`line 3, column "ImageId": the id is empty`}},
		"cell empty":          {digits, "ImageId,Label\n1,7\n2,\n3,9\n", []string{`line 3, column "Label": the cell is empty`}},
		"not a number":        {digits, "ImageId,Label\n1,7\n2,x\n3,9\n", []string{`line 3, column "Label": want a whole number, got "x"`}},
		"label with fraction": {digits, "ImageId,Label\n1,7\n2,3.0\n3,9\n", []string{`want a whole number, got "3.0"`}},
		"NaN":                 {drivers, "img,c0,c1,c2\na.jpg,nan,1,0\n", []string{`line 2, column "c0": want a finite number, got "nan"`}},
		"infinity":            {prices, "Id,Price\n1,Inf\n", []string{`column "Price": want a finite number, got "Inf"`}},
		"too big for a float": {prices, "Id,Price\n1,1e999\n", []string{`want a number, got "1e999"`}},
		"above one":           {drivers, "img,c0,c1,c2\na.jpg,0,1,1.01\n", []string{`line 2, column "c2": want a number in [0, 1], got "1.01"`}},
		"text for a number":   {prices, "Id,Price\n1,cheap\n", []string{`want a number, got "cheap"`}},
		"NUL":                 {digits, "ImageId,Label\n1,7\n2,\x00\n", []string{"line", "NUL"}},
		"open quote":          {digits, "ImageId,Label\n1,\"7\n2,0\n3,9\n", []string{"line", `quote`}},
		"empty sample":        {"", "ImageId,Label\n1,7\n", []string{"sample.csv: the file is empty"}},
		"sample of no rows":   {"ImageId,Label\n", "ImageId,Label\n1,7\n", []string{"sample.csv: a header but no rows"}},
		"sample of one":       {"ImageId\n1\n", "ImageId\n1\n", []string{"want an id column and at least one more"}},
		"sample id twice":     {"ImageId,Label\n1,0\n1,0\n", digits, []string{`sample.csv: line 3`, `the id "1" is there twice`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, sample := two(t, c.file, c.sample)
			err := submissions.Validate(file, sample)
			if c.want == nil {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			if !strings.Contains(name, "sample") {
				c.want = append(c.want, "read "+file)
			}
			wantError(t, err, c.want...)
			if fault.KindOf(err) != fault.Failed {
				t.Errorf("kind %v, want Failed", fault.KindOf(err))
			}
		})
	}
}

// TestValuesChosen: a sample of zeros cannot tell labels from probabilities,
// so that the caller may.
func TestValuesChosen(t *testing.T) {
	t.Parallel()
	file, sample := two(t, "id,label\n1,0.25\n", "id,label\n1,0\n")
	wantError(t, submissions.Validate(file, sample), "want a whole number")
	report, err := submissions.Check{Sample: sample, Values: submissions.Probabilities}.File(file)
	if err != nil || report.Rows != 1 {
		t.Errorf("as probabilities: %+v, %v", report, err)
	}
}

func TestFolderAndMissing(t *testing.T) {
	t.Parallel()
	file, sample := two(t, digits, digits)
	wantError(t, submissions.Validate(filepath.Dir(file), sample), "it is a folder")
	wantError(t, submissions.Validate(file+"x", sample), file+"x")
	wantError(t, submissions.Validate(file, sample+"x"), sample+"x")
	if _, err := submissions.IDs(sample + "x"); err == nil {
		t.Error("IDs of a file that is not there")
	}
}

// TestLongLine: a line without end is refused after a bounded part of it. Not
// parallel, since it counts what the process allocates.
func TestLongLine(t *testing.T) {
	for name, start := range map[string]string{"in the header": "", "in a row": "ImageId,Label\n1,", "in a quote": "ImageId,Label\n1,\"\n"} {
		_, sample := two(t, "", digits)
		file := filepath.Join(t.TempDir(), "long.csv")
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, start+strings.Repeat("7", 64<<20)); err != nil {
			t.Fatal(err)
		}
		f.Close()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		wantError(t, submissions.Validate(file, sample), "without the end of a row", file)
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 32<<20 {
			t.Errorf("%s: %d MiB allocated for a line that is too long", name, grown>>20)
		}
	}
}

func FuzzValidate(f *testing.F) {
	for _, seed := range []string{
		"ImageId,Label\n1,7\n2,0\n3,9\n", "ImageId,Label\n3,7\n2,0\n1,-9", "ImageId,Label\n1,\"7\n",
		"\ufeffImageId,Label\r\n1,7\r\n", "", "ImageId,Label\n1,7,8\n", "ImageId,Label\n1,\x00\n", "a,b\n\n\n,",
	} {
		f.Add(seed)
	}
	sample := filepath.Join(f.TempDir(), "sample.csv")
	if err := os.WriteFile(sample, []byte(digits), 0o644); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, content string) {
		file := filepath.Join(t.TempDir(), "f.csv")
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := submissions.Validate(file, sample); err != nil {
			if !strings.Contains(err.Error(), file) {
				t.Errorf("error %q does not name the file", err)
			}
			return
		}
		// What is accepted must be three whole numbers for the ids 1, 2 and 3.
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(content, "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 4 {
			t.Fatalf("accepted, but: %d rows, %v", len(rows), err)
		}
		ids := map[string]bool{}
		for _, row := range rows[1:] {
			var label int64
			if _, err := fmt.Sscanf(row[1], "%d", &label); err != nil {
				t.Errorf("accepted label %q", row[1])
			}
			ids[row[0]] = true
		}
		if !ids["1"] || !ids["2"] || !ids["3"] {
			t.Errorf("accepted ids %v", ids)
		}
	})
}

// two writes a submission and a sample into a folder of the test.
func two(t *testing.T, file, sample string) (filePath, samplePath string) {
	t.Helper()
	dir := t.TempDir()
	filePath, samplePath = filepath.Join(dir, "file.csv"), filepath.Join(dir, "sample.csv")
	for path, content := range map[string]string{filePath: file, samplePath: sample} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filePath, samplePath
}
