package features

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kagglers is a file as Kagglers shared it for the Fisheries competition.
const kagglers = `[
  {
    "annotations": [
      {"class": "rect", "height": 65.0, "width": 166.0, "x": 469.0, "y": 423.0},
      {"class": "rect", "height": 10.5, "width": 20, "x": 0, "y": 1}
    ],
    "class": "image",
    "filename": "img_07917.jpg"
  },
  {"class": "image", "filename": "../data/train/ALB/img_1.jpg", "annotations": [], "unlabeled": true},
  {"filename": "img_2.jpg"},
  {"filename": "img_3.jpg", "annotations": [{"class": "point", "x": 4, "y": 4}, {"x": 1, "y": 2, "width": 3, "height": 4}]}
]
`

func TestReadBoxes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "alb_labels.json")
	if err := os.WriteFile(path, []byte(kagglers), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := ReadBoxes(path, "annos/alb_labels.json")
	if err != nil {
		t.Fatal(err)
	}
	want := []BoxedPhoto{
		{Photo: "img_07917.jpg", Boxes: []Box{{469, 423, 166, 65}, {0, 1, 20, 10.5}}, Line: 2},
		{Photo: "../data/train/ALB/img_1.jpg", Line: 10},
		{Photo: "img_2.jpg", Line: 11},
		{Photo: "img_3.jpg", Boxes: []Box{{1, 2, 3, 4}}, Other: 1, Line: 12},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestReadBoxesErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"cut off":     {"[\n {\"filename\": \"a.jpg\"},\n {\"file", "boxes in f.json, line 3, byte 33: not what is wanted: unexpected end of JSON input"},
		"no JSON":     {"<html>", "boxes in f.json, line 1, byte 1: not what is wanted: invalid character '<' looking for beginning of value"},
		"empty":       {"", "boxes in f.json, line 1, byte 0: not what is wanted: unexpected end of JSON input"},
		"two values":  {"[]\n[]", "boxes in f.json, line 2, byte 4: not what is wanted: invalid character '[' after top-level value"},
		"no list":     {`{"filename": "a.jpg"}`, "boxes in f.json, line 1, byte 1: not what is wanted: json: cannot unmarshal object into Go value of type []json.RawMessage"},
		"null":        {"null", "boxes in f.json, line 1: want a list of photos, got null"},
		"a number":    {"[\n\n7]", "boxes in f.json, line 3, byte 4: not what is wanted: json: cannot unmarshal number into Go value of type features.boxEntry"},
		"no name":     {"[{\"annotations\": []}]", "boxes in f.json, line 1: the photo has no filename"},
		"text for x":  {`[{"filename": "a.jpg", "annotations": [{"x": "1"}]}]`, `boxes in f.json, line 1: photo "a.jpg", annotation 1: json: cannot unmarshal string into Go struct field boxAnnotation.x of type float64`},
		"no height":   {"[{\"filename\": \"a.jpg\"},\n{\"filename\": \"b.jpg\", \"annotations\": [{\"x\": 1, \"y\": 1, \"width\": 1}]}]", `boxes in f.json, line 2: photo "b.jpg", box 1 has no height`},
		"zero width":  {`[{"filename": "a.jpg", "annotations": [{"x": 1, "y": 1, "width": 0, "height": 1}]}]`, `boxes in f.json, line 1: photo "a.jpg", box 1: want a width and height above 0, got 0 and 1`},
		"negative":    {`[{"filename": "a.jpg", "annotations": [{"x": 1, "y": 1, "width": 3, "height": -1}]}]`, `boxes in f.json, line 1: photo "a.jpg", box 1: want a width and height above 0, got 3 and -1`},
		"too large":   {`[{"filename": "a.jpg", "annotations": [{"x": 1e999}]}]`, `boxes in f.json, line 1: photo "a.jpg", annotation 1: json: cannot unmarshal number 1e999 into Go struct field boxAnnotation.x of type float64`},
		"not a list":  {`[{"filename": "a.jpg", "annotations": {}}]`, "boxes in f.json, line 1, byte 39: not what is wanted: json: cannot unmarshal object into Go struct field boxEntry.annotations of type []json.RawMessage"},
		"not UTF-8 }": {"[\n}", "boxes in f.json, line 2, byte 3: not what is wanted: invalid character '}' looking for beginning of value"},
	} {
		if _, err := parseBoxes([]byte(c.text), "f.json"); err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", name, err, c.want)
		}
	}
	if _, err := ReadBoxes(filepath.Join(t.TempDir(), "none"), "f.json"); err == nil {
		t.Error("no file: want an error")
	}
}

func TestAlignBoxes(t *testing.T) {
	t.Parallel()
	photos := []SizedPhoto{{"train/ALB/a.jpg", 100, 50}, {"train/ALB/b.jpg", 100, 50}, {"train/BET/b.jpg", 200, 80}, {"train/NoF/n.jpg", 10, 10}}
	files := []BoxFile{
		{"alb.json", []BoxedPhoto{
			{Photo: "a.jpg", Boxes: []Box{{1, 1, 2, 2}, {-3, 40, 50, 11}, {5, 5, 5, 5}}, Other: 2},
			{Photo: `..\data\ALB\b.jpg`, Boxes: []Box{{0, 0, 100, 50}}},
			{Photo: "gone.jpg", Boxes: []Box{{0, 0, 9999, 50}}},
		}},
		{"bet.json", []BoxedPhoto{
			{Photo: "x/BET/b.jpg", Boxes: []Box{{0.25, 0.5, 199.5, 79.25}}},
			{Photo: "a.jpg", Boxes: []Box{{90, 40, 10, 10}}},
		}},
	}
	got, report, err := AlignBoxes(photos, files)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]Box{{{0, 40, 47, 10}, {90, 40, 10, 10}, {5, 5, 5, 5}, {1, 1, 2, 2}}, {{0, 0, 100, 50}}, {{0.25, 0.5, 199.5, 79.25}}, nil}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("boxes (-want +got):\n%s", d)
	}
	if d := cmp.Diff(BoxReport{Boxes: 6, Photos: 3, Without: 1, Twice: 1, Clipped: 1, Others: 2, Unknown: 1, Examples: []string{"gone.jpg"}}, report); d != "" {
		t.Errorf("report (-want +got):\n%s", d)
	}
}

func TestAlignBoxesErrors(t *testing.T) {
	t.Parallel()
	photos := []SizedPhoto{{"t/A/a.jpg", 100, 50}, {"t/B/a.jpg", 100, 50}, {"t/A/c.jpg", 100, 50}}
	for name, c := range map[string]struct {
		photo BoxedPhoto
		want  string
	}{
		"outside":       {BoxedPhoto{"c.jpg", []Box{{1, 1, 2, 2}, {90, 40, 16, 5}}, 0, 7}, `boxes in f.json, line 7: photo "c.jpg", box 2: the box 16x5 at (90, 40) does not lie in the photo of 100x50`},
		"beside":        {BoxedPhoto{"c.jpg", []Box{{-4, 1, 3, 2}}, 0, 7}, `boxes in f.json, line 7: photo "c.jpg", box 1: the box 3x2 at (-4, 1) does not lie in the photo of 100x50`},
		"far away":      {BoxedPhoto{"c.jpg", []Box{{math.MaxFloat64, 1, math.MaxFloat64, 2}}, 0, 7}, `boxes in f.json, line 7: photo "c.jpg", box 1: the box 1.7976931348623157e+308x2 at (1.7976931348623157e+308, 1) does not lie in the photo of 100x50`},
		"two of a name": {BoxedPhoto{Photo: "a.jpg", Line: 3}, `boxes in f.json, line 3: photo "a.jpg" may be t/A/a.jpg or t/B/a.jpg`},
		"another name":  {BoxedPhoto{Photo: "z.jpg", Line: 3}, `boxes in f.json: none of 1 photos is among the training photos, the first is "z.jpg"`},
	} {
		if _, _, err := AlignBoxes(photos, []BoxFile{{"f.json", []BoxedPhoto{c.photo}}}); err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", name, err, c.want)
		}
	}
}

func TestIoU(t *testing.T) {
	t.Parallel()
	a := Box{10, 20, 30, 40}
	for _, c := range []struct {
		b    Box
		want float64
	}{
		{a, 1},
		{Box{25, 20, 30, 40}, 1.0 / 3},
		{Box{40, 20, 5, 5}, 0},         // side by side
		{Box{15, 30, 10, 10}, 1. / 12}, // inside
		{Box{}, 0},
		{Box{20, 30, -5, 10}, 0},
		{Box{math.NaN(), 0, 1, 1}, 0},
	} {
		if got := a.IoU(c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v and %v: want %v, got %v", a, c.b, c.want, got)
		}
	}
}

// FuzzBoxes compares what is read with encoding/json on the whole text.
func FuzzBoxes(f *testing.F) {
	for _, s := range []string{kagglers, "[]", " [\n{\"filename\":\"a\"} ]", `[{"filename":"a","annotations":[{"x":-1,"y":1e3,"width":1,"height":2}]}]`, `[null]`, `[{"filename":"a","filename":""}]`,
		`[{"filename":"a","annotations":[{"class":"rect"}]}]`, "[{\"filename\":\"\xff\"}", `[{"filename":"a","annotations":[null]}]`, `[[]]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := parseBoxes(text, "f.json")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "boxes in f.json, line ") {
				t.Errorf("the error %q names no line", err)
			}
			return
		}
		var want []struct {
			Filename    string
			Annotations []struct{ Width, Height float64 }
		}
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatalf("what encoding/json refuses was read: %v", err)
		}
		if len(got) != len(want) {
			t.Fatalf("want %d photos, got %d", len(want), len(got))
		}
		for i, p := range got {
			if p.Photo != want[i].Filename || len(p.Boxes)+p.Other != len(want[i].Annotations) || p.Line < 1 {
				t.Errorf("photo %d: want %+v, got %+v", i, want[i], p)
			}
			for _, b := range p.Boxes {
				if !(b.Area() >= 0 && b.W > 0 && b.H > 0) {
					t.Errorf("photo %d: box %v", i, b)
				}
			}
		}
	})
}
