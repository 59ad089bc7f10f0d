package report

import (
	"bytes"
	"image"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/chromium"
)

// The page in a real browser: every section is where its link leads, nothing is asked
// for, the console is silent, nothing is wider than a phone, tables sort, and light and
// dark differ. PODIUM_SCREENSHOTS names a folder for what it looked like.
func TestInBrowser(t *testing.T) {
	t.Parallel()
	browser := chromium.Start(t)
	traces, o := small().make(t)
	var b bytes.Buffer
	made, err := Write(t.Context(), &b, traces, o)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	address := (&url.URL{Scheme: "file", Path: filepath.ToSlash(file)}).String()
	seen := map[string]image.Image{}
	for _, screen := range []struct {
		name          string
		width, height int
		dark          bool
	}{{"light", 1280, 900, false}, {"dark", 1280, 900, true}, {"phone", 390, 844, false}, {"phone-dark", 390, 844, true}} {
		p := browser.Open(address, screen.width, screen.height, screen.dark)
		var links []string
		p.Eval(`[...document.querySelectorAll("nav a")].map(a => a.getAttribute("href").slice(1))`, &links)
		if !slices.Equal(links, made.Sections) {
			t.Fatalf("%s: links to %v, sections %v", screen.name, links, made.Sections)
		}
		for _, id := range links {
			p.Click(`nav a[href="#` + id + `"]`)
			p.Wait(`location.hash === "#` + id + `"`)
			// Its top is below the links; the last sections cannot come up so far.
			var at struct {
				Top, Links, Height float64
				End                bool
			}
			p.Eval(`(() => { const r = document.getElementById(`+"`"+id+"`"+`).getBoundingClientRect(), n = document.querySelector("nav").getBoundingClientRect();
				return {Top: r.top, Height: r.height, Links: n.bottom, End: innerHeight + scrollY >= document.documentElement.scrollHeight - 1} })()`, &at)
			if at.Height < 40 || at.Top < at.Links-1 || at.Top > at.Links+60 && !at.End {
				t.Errorf("%s: the link to %s leads to %+v", screen.name, id, at)
			}
		}
		var wide []string
		p.Eval(`[...document.querySelectorAll("body *")].filter(e => !e.closest(".wide, nav") && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(e => e.outerHTML.slice(0, 80))`, &wide)
		if len(wide) > 0 {
			t.Errorf("%s: wider than the screen: %q", screen.name, wide)
		}
		var high []string
		p.Eval(`[...document.querySelectorAll("th, td")].filter(e => e.getBoundingClientRect().height > 160).map(e => e.outerHTML.slice(0, 80))`, &high)
		if len(high) > 0 {
			t.Errorf("%s: cells whose words are one letter wide: %q", screen.name, high)
		}
		var broken int
		if p.Eval(`[...document.images].filter(i => { i.loading = "eager"; return i.complete && !i.naturalWidth }).length`, &broken); broken > 0 {
			t.Errorf("%s: %d pictures are broken", screen.name, broken)
		}
		p.Click(`#cost thead th:nth-child(3)`)
		var sorted bool
		p.Eval(`(() => { const v = [...document.querySelectorAll("#cost tbody td:nth-child(3)")].map(d => +d.dataset.v); return v.length > 3 && v.every((x, i) => !i || x <= v[i - 1]) })()`, &sorted)
		if !sorted {
			t.Errorf("%s: steps are not sorted by time", screen.name)
		}
		if asked := p.Requests(); !slices.Equal(asked, []string{address}) {
			t.Errorf("%s: asks for %v", screen.name, asked)
		}
		if said := p.Problems(); len(said) > 0 {
			t.Errorf("%s: the console says %q", screen.name, said)
		}
		shot := p.Screenshot(true)
		if seen[screen.name], err = png.Decode(bytes.NewReader(shot)); err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("PODIUM_SCREENSHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, "report-"+screen.name+".png"), shot, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, pair := range [][2]string{{"light", "dark"}, {"phone", "phone-dark"}} {
		if l, d := brightness(seen[pair[0]]), brightness(seen[pair[1]]); l < 180 || d > 90 {
			t.Errorf("brightness: %s %.0f, %s %.0f", pair[0], l, pair[1], d)
		}
	}
}

// brightness is the mean of a picture, 0 to 255.
func brightness(m image.Image) float64 {
	sum, n := 0.0, 0.0
	at := m.Bounds()
	for y := at.Min.Y; y < at.Max.Y; y += 7 {
		for x := at.Min.X; x < at.Max.X; x += 7 {
			r, g, b, _ := m.At(x, y).RGBA()
			sum += float64(r+g+b) / 3 / 257
			n++
		}
	}
	return sum / n
}
