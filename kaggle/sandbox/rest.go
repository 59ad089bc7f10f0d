package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// decodeREST fills a message from the query, the body and the path; what several
// name comes from the last of them.
func decodeREST(r *http.Request, fields url.Values, body []byte, into any) error {
	sent, err := restFields(r.Header.Get("Content-Type"), body)
	if err != nil {
		return apiErrorf(http.StatusBadRequest, "request body: %v", err)
	}
	for _, from := range []url.Values{r.URL.Query(), sent, fields} { // the last one has the last word
		if err := wire.DecodeForm(from, into); err != nil {
			return apiErrorf(http.StatusBadRequest, "%v", err)
		}
	}
	return nil
}

// matchPath compares an escaped path with a pattern as "/a/{x}/b/{y...}" and
// gives the values of its fields. "" fits nothing.
func matchPath(pattern, path string) (fields url.Values, ok bool) {
	fields = url.Values{}
	for pattern != "" {
		var want, got string
		want, pattern = cutSegment(pattern)
		if name, rest := strings.CutSuffix(want, "...}"); rest {
			want, got, path = name+"}", strings.TrimPrefix(path, "/"), ""
		} else {
			got, path = cutSegment(path)
		}
		text, err := url.PathUnescape(got)
		switch name, field := strings.CutPrefix(want, "{"); {
		case err != nil:
			return nil, false
		case field && text != "":
			fields.Set(strings.TrimSuffix(name, "}"), text)
		case field || want != text:
			return nil, false
		}
		if pattern == "" {
			return fields, path == ""
		}
	}
	return nil, false
}

// cutSegment cuts "/a/b" into "a" and "/b".
func cutSegment(path string) (first, rest string) {
	path = strings.TrimPrefix(path, "/")
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}

// maxFields bounds how much a REST body may name.
const maxFields = 100

// restFields reads the body of a REST call: a multipart or URL-encoded form, or
// a JSON object of texts, numbers and booleans.
func restFields(contentType string, body []byte) (url.Values, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, fmt.Errorf("Content-Type %.60q: %w", contentType, err)
	}
	switch kind {
	case "multipart/form-data":
		return multipartFields(body, params["boundary"])
	case "application/x-www-form-urlencoded":
		return url.ParseQuery(string(body))
	case "application/json":
		return jsonFields(body)
	}
	return nil, fmt.Errorf("Content-Type %.60q: want a form or JSON", contentType)
}

func multipartFields(body []byte, boundary string) (url.Values, error) {
	fields := url.Values{}
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	for range maxFields {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return fields, nil
		}
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		fields.Add(part.FormName(), string(text))
	}
	return nil, fmt.Errorf("more than %d fields", maxFields)
}

func jsonFields(body []byte) (url.Values, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var object map[string]any
	if err := dec.Decode(&object); err != nil {
		return nil, err
	}
	fields := url.Values{}
	for name, value := range object {
		switch value := value.(type) {
		case nil:
		case string, json.Number, bool:
			fields.Set(name, fmt.Sprint(value))
		default:
			return nil, fmt.Errorf("%.40s: want a text, a number or a boolean", name)
		}
	}
	return fields, nil
}
