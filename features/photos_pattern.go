package features

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// pattern says which files are photos and what their names tell: in
// train/{label}.{n}.jpg the words in braces become columns. Each stands for one
// character or more, but no "/", and for as few as fit, from the left; "*" stands
// for any that no column is made of. Hidden files are none.
type pattern struct {
	text    string
	columns []string
	form    *regexp.Regexp
	// root is what the names of all photos begin with: the folder, or in the
	// uppermost one the letters, before the first column or star.
	root string
}

var columnForm = regexp.MustCompile(`^[\pL_][\pL\pN_]{0,63}$`)

// photoColumns are the other columns of a table of photos.
var photoColumns = []string{"row", "name", "width", "height"}

// anyPhoto is the pattern of every file that is called a photo, however deep it lies,
// but for hidden ones.
var anyPhoto = regexp.MustCompile(`(?i)^(?:.*/)?[^./][^/]*\.(?:jpe?g|png)$`)

func parsePattern(text string) (*pattern, error) {
	if text == "" {
		return &pattern{text: "*.jpg, *.jpeg or *.png", form: anyPhoto}, nil
	}
	const hint = "such as train/{label}.{n}.jpg"
	bad := func(format string, args ...any) (*pattern, error) {
		return nil, fault.New(fault.Usage, hint, "pattern %q: "+format, append([]any{text}, args...)...)
	}
	if len(text) > 1000 {
		return bad("want at most 1000 bytes, got %d", len(text))
	}
	p := &pattern{text: text, root: text[:strings.IndexAny(text+"*", "{}*")]}
	if i := strings.LastIndexByte(p.root, '/'); i >= 0 {
		p.root = p.root[:i+1]
	}
	var form strings.Builder
	form.WriteString(`(?s)^`)
	open := false // the element before was a column or a star
	for rest := text; rest != ""; {
		i := strings.IndexAny(rest, "{}*")
		if i != 0 {
			if i < 0 {
				i = len(rest)
			}
			form.WriteString(regexp.QuoteMeta(rest[:i]))
			rest, open = rest[i:], false
			continue
		}
		if open {
			return bad("want some text between a column and what follows it")
		}
		open = true
		if rest[0] == '*' {
			form.WriteString(`[^/]*?`)
			rest = rest[1:]
			continue
		}
		name, after, closed := strings.Cut(rest[1:], "}")
		switch {
		case rest[0] == '}' || !closed:
			return bad("want a } for each {")
		case !columnForm.MatchString(name):
			return bad("want letters, digits and _ in braces, got %q", name)
		case slices.Contains(photoColumns, name):
			return bad("the name %q is taken: every photo has %s", name, strings.Join(photoColumns, ", "))
		case slices.Contains(p.columns, name):
			return bad("{%s} stands there twice", name)
		}
		p.columns = append(p.columns, name)
		form.WriteString(`([^/]+?)`)
		rest = after
	}
	if strings.HasPrefix(text, "/") {
		return bad("want names relative to the folder or the zip")
	}
	var err error
	if p.form, err = regexp.Compile(form.String() + `$`); err != nil {
		return bad("%v", err)
	}
	return p, nil
}

// match is what name has in the columns; false if it is no photo.
func (p *pattern) match(name string) ([]string, bool) {
	m := p.form.FindStringSubmatch(name)
	if m == nil || hidden(name[len(p.root):]) {
		return nil, false
	}
	return m[1:], true
}

// misses says that name, which does not match, is a photo that lies where the
// pattern's do.
func (p *pattern) misses(name string) bool {
	rest, ok := strings.CutPrefix(name, p.root)
	return ok && anyPhoto.MatchString(name) && !hidden(rest)
}

// hidden says that a file is hidden or in a hidden folder, or is what macOS puts into
// zips beside the files.
func hidden(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") && part != ".." || part == "__MACOSX" {
			return true
		}
	}
	return false
}

// wholeNumber is v if text is how strconv writes it: 007 is a name.
func wholeNumber(text string) (v int64, ok bool) {
	v, err := strconv.ParseInt(text, 10, 64)
	return v, err == nil && strconv.FormatInt(v, 10) == text
}
