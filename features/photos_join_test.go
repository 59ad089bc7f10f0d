package features

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/features/photo"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// driverFiles are photos in the layout of State Farm.
func driverFiles(t testing.TB, n int) map[string][]byte {
	files := map[string][]byte{}
	for i := range n {
		files[fmt.Sprintf("imgs/train/c%d/img_%d.jpg", i%2, i)] = jpegOf(t, 12, 8, color.RGBA{uint8(9 * i), 100, 200, 255})
	}
	return files
}

func driverOptions(list string) PhotoOptions {
	return PhotoOptions{Pattern: "imgs/train/{label}/{img}", Label: "label", Join: list, Photo: photo.Options{Height: 4, Width: 4}}
}

// listFile is a table of the competition.
func listFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Rows in another order than the photos, one of no photo, and a column that every
// photo has anyway.
func TestJoin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	list := "subject,classname,img,seat,width\np002,c0,img_0.jpg,3,\np014,c1,img_1.jpg,4,x\np002,c0,img_2.jpg,5,y\n\np099,c4,img_7.jpg,6,z\np014,c1,img_3.jpg,7,z\n"
	rep, err := PhotosToImages(t.Context(), writeZip(t, driverFiles(t, 4)), dir, driverOptions(listFile(t, list)))
	if err != nil {
		t.Fatal(err)
	}
	if j := rep.Joined; j.Rows != 5 || j.Absent != 1 || j.First != `img "img_7.jpg"` || !slices.Equal(j.On, []string{"img"}) ||
		!slices.Equal(j.Columns, []string{"subject", "classname", "seat", "list_width"}) {
		t.Errorf("%+v", *j)
	}
	table, err := OpenTable(filepath.Join(dir, PhotoTable))
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	names, _ := table.Strings("name")
	subjects, _ := table.Strings("subject")
	others, _ := table.Strings("list_width")
	seats, err := table.Ints("seat")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"imgs/train/c0/img_0.jpg", "imgs/train/c0/img_2.jpg", "imgs/train/c1/img_1.jpg", "imgs/train/c1/img_3.jpg"}
	if !slices.Equal(names, want) || !slices.Equal(subjects, []string{"p002", "p002", "p014", "p014"}) || !slices.Equal(seats, []int64{3, 5, 4, 7}) ||
		!slices.Equal(others, []string{"", "y", "x", "z"}) {
		t.Errorf("%q %q %v %q", names, subjects, seats, others)
	}
}

// The classes, too, may stand in the table.
func TestJoinLabels(t *testing.T) {
	t.Parallel()
	dir, o := t.TempDir(), driverOptions(listFile(t, "id,breed\na,pug\nb,boxer\n"))
	o.Pattern, o.Label = "train/{id}.jpg", "breed"
	b := jpegOf(t, 8, 8, color.RGBA{1, 2, 3, 255})
	rep, err := PhotosToImages(t.Context(), writeFolder(t, map[string][]byte{"train/a.jpg": b, "train/b.jpg": b}), dir, o)
	if err != nil || !slices.Equal(rep.Classes, []string{"boxer", "pug"}) {
		t.Fatal(rep, err)
	}
	im, err := OpenImages(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	if labels, ok := im.Labels(); !ok || !slices.Equal(labels, []int{1, 0}) {
		t.Errorf("labels %v", labels)
	}
}

func TestJoinErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, list, pattern, label, want, hint string }{
		{"a photo is not in the list", "subject,img\np1,img_0.jpg\np1,img_2.jpg\n", "", "",
			`photo "imgs/train/c1/img_1.jpg": want a row with img "img_1.jpg" in list.csv, got none, nor for 1 other photos`, `at line 2, img "img_0.jpg"`},
		{"the list is empty", "subject,img\n", "", "", `read list.csv: want rows under the header, got none`, ""},
		{"a row twice", "subject,img\np1,img_0.jpg\np1,img_1.jpg\np2,img_0.jpg\n", "", "",
			`read list.csv: line 4, column "img": img "img_0.jpg" has a row already, at line 2`, "one row a photo"},
		{"a row without a photo's name", "subject,img\np1,img_0.jpg\np1,\n", "", "", `read list.csv: line 3, column "img": want what names a photo, got nothing`, ""},
		{"no shared column", "subject,image\np1,img_0.jpg\n", "", "", `list.csv: want a column that the photos have too (label, img), got subject, image`, "{image}"},
		{"nothing new", "img,label\nimg_0.jpg,c0\n", "", "", `list.csv: want a column that the photos have not, got img, label`, "leave data.join out"},
		{"photos that the list cannot tell apart", "label,seat\nc0,1\nc1,2\n", "", "",
			`list.csv: photos "imgs/train/c0/img_0.jpg" and "imgs/train/c0/img_2.jpg" both have label "c0"`, "tell every photo apart"},
		{"a column that is taken twice", "img,width,list_width\nimg_0.jpg,1,2\n", "", "", `column "width" would become "list_width"`, ""},
		{"no such class column", "subject,img\np1,img_0.jpg\np1,img_1.jpg\np1,img_2.jpg\np2,img_3.jpg\n", "imgs/train/{folder}/{img}", "classname",
			`no column "classname" for the label in the pattern "imgs/train/{folder}/{img}" or in list.csv`, "there are folder, img, subject"},
		{"no table", "subject,img\np1\n", "", "", `read list.csv: line 2: want 2 fields as in the header, got 1: column "img" is missing`, ""},
		{"nothing at all", "", "", "", `read list.csv`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := driverOptions(listFile(t, c.list))
			if c.pattern != "" {
				o.Pattern, o.Label = c.pattern, c.label
			}
			_, err := PhotosToImages(t.Context(), writeFolder(t, driverFiles(t, 4)), t.TempDir(), o)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(fault.HintOf(err), c.hint) {
				t.Errorf("got %v, hint %q,\nwant %s, hint %s", err, fault.HintOf(err), c.want, c.hint)
			}
		})
	}
}

// Whatever the table: each photo has its row's values, or there is an error.
func FuzzJoin(f *testing.F) {
	f.Add("subject,img\np002,img_0.jpg\np014,img_1.jpg\n")
	f.Add("img,subject\nimg_1.jpg,p002\nimg_0.jpg,\n\nimg_9.jpg,p3\n")
	f.Add("label,img\nc0,img_0.jpg\n")
	f.Add("\xef\xbb\xbf\"img\",\"row\"\r\n\"img_0.jpg\",\"a\nb\"\r\nimg_1.jpg,2\r\n")
	files := driverFiles(f, 2)
	source := writeFolder(f, files)
	f.Fuzz(func(t *testing.T, text string) {
		path := listFile(t, text)
		dir := t.TempDir()
		rep, err := PhotosToImages(t.Context(), source, dir, driverOptions(path))
		if err != nil {
			return
		}
		if j := rep.Joined; len(j.On) == 0 || len(j.Columns) == 0 || j.Rows-j.Absent != len(files) || (j.Absent == 0) != (j.First == "") {
			t.Fatalf("%q: %+v", text, *j)
		}
		table, err := OpenTable(filepath.Join(dir, PhotoTable))
		if err != nil {
			t.Fatal(err)
		}
		defer table.Close()
		for _, name := range rep.Joined.Columns {
			if _, err := table.Strings(name); err != nil {
				t.Fatal(err)
			}
		}
	})
}
