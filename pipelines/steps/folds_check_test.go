package steps

import (
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// A class with one photo, and one with one driver: refused where classes are to be
// spread, else told, by name.
func TestRareClasses(t *testing.T) {
	t.Parallel()
	one := shoot(t, 3, 4)
	one.photos["imgs/train/c9/img_99.jpg"] = one.photos["imgs/train/c0/img_0.jpg"]
	one.list += "p002,c9,img_99.jpg\n"
	driver := shoot(t, 3, 4)
	for _, n := range []string{"8", "9", "10"} { // all of p003
		driver.photos["imgs/train/c7/img_"+n+".jpg"] = driver.photos["imgs/train/c0/img_"+n+".jpg"]
		delete(driver.photos, "imgs/train/c0/img_"+n+".jpg")
	}
	for _, c := range []struct {
		name        string
		camera      camera
		split       string
		fails, told string
	}{
		{"one photo, stratified", one, "{stratified_kfold: 3}", `class "c9": want at least 3 rows for 3 stratified folds, got 1`, ""},
		{"one photo, stratified by drivers", one, "{stratified_group_kfold: 3, by: subject}", `class "c9": want at least 3 rows for 3 stratified folds, got 1`, ""},
		{"one photo", one, "{kfold: 3}", "", `class "c9" (1 of 25 rows) is in fold `},
		{"one driver", driver, "{group_kfold: 3, by: subject}", "", `class "c7" (3 of 24 rows) has one subject, p003, and is in fold `},
		{"one driver, parted", driver, "{stratified_kfold: 3}", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, result, err := c.camera.develop(t, t.TempDir(), splitOf(t, c.split))
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) {
					t.Errorf("got %v, want %s", err, c.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			folds, _ := result.Step("folds")
			if got := folds.Artifact.Manifest.Notes[pipelines.NoteWarning]; (got == "") != (c.told == "") || !strings.HasPrefix(got, c.told) {
				t.Errorf("told %q, want %q", got, c.told)
			}
		})
	}
}
