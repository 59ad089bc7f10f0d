package kaggle

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// message is a call as it goes over HTTP.
type message struct {
	verb, url   string
	contentType string // "" sends no body
	body        []byte
}

func (r request) serviceName() string { return cmp.Or(r.service, wire.CompetitionService) }

// rpcMessage is a call in the RPC dialect.
func (c *Client) rpcMessage(r request) (message, error) {
	body, err := json.Marshal(r.in)
	to := c.base.String() + "/" + r.serviceName() + "/" + r.method
	return message{http.MethodPost, to, "application/json", body}, err
}

// restMessage is a call in the REST dialect: its fields are in the path, in the
// query of a GET, in the form or the JSON of a POST.
func (c *Client) restMessage(r request) (message, error) {
	m, _ := wire.MethodNamed(r.serviceName(), r.method) // post has seen that it is there
	fields := wire.EncodeForm(r.in)
	if number, _, ok := pageNumber(fields.Get("pageToken")); ok {
		fields.Del("pageToken")
		fields.Set("page", strconv.Itoa(number))
	}
	path, inPath := expand(m.Path, fields)
	out := message{verb: m.Verb, url: c.restBase + path}
	switch {
	case m.Verb == http.MethodGet:
		for _, name := range inPath {
			fields.Del(name)
		}
		if len(fields) > 0 {
			out.url += "?" + fields.Encode()
		}
		return out, nil
	case m.Form:
		var err error
		out.body, out.contentType, err = multipartForm(fields)
		return out, err
	}
	body, err := json.Marshal(r.in)
	out.contentType, out.body = "application/json", body
	return out, err
}

// expand puts fields into a path as "/a/{x}/{y...}" and names those.
func expand(pattern string, fields url.Values) (path string, used []string) {
	parts := strings.Split(pattern, "/")
	for i, part := range parts {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			name = strings.TrimSuffix(strings.TrimSuffix(name, "}"), "...")
			parts[i] = url.PathEscape(fields.Get(name)) // a "/" in it becomes %2F, as the official client sends it
			used = append(used, name)
		}
	}
	return strings.Join(parts, "/"), used
}

func multipartForm(fields url.Values) (body []byte, contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := w.WriteField(name, fields.Get(name)); err != nil {
			return nil, "", err
		}
	}
	err = w.Close()
	return b.Bytes(), w.FormDataContentType(), err
}

// restBase is where the REST dialect is to be found: on kaggle.com on the host
// of its pages, elsewhere under /api/v1 beside the RPC dialect.
func restBase(base *url.URL, site string) string {
	if site == prodSite {
		return site + "/api/v1"
	}
	u := *base
	if path, versioned := strings.CutSuffix(u.Path, "/v1"); versioned {
		u.Path = strings.TrimSuffix(path, "/api") + "/api/v1"
	}
	return u.String()
}

// A list that is bare has no place for a page token: pages are numbered then,
// until one is empty. Our token for that is "page:NUMBER:SUM", with a checksum
// of the page before, because a server that knows no pages sends the same again.

// pageNumber reads such a token.
func pageNumber(token string) (number int, before uint64, ok bool) {
	n, err := fmt.Sscanf(token, "page:%d:%x", &number, &before)
	return number, before, n == 2 && err == nil
}

// nextPage is the token behind a page of a bare list, "" behind the last one.
// again says that the page is the one before once more.
func nextPage(r request, page []byte) (token string, again bool) {
	sum := fnv.New64a()
	_, _ = sum.Write(page) // a hash never fails
	number, before, ok := pageNumber(wire.EncodeForm(r.in).Get("pageToken"))
	switch {
	case !ok:
		number = 1
	case before == sum.Sum64():
		return "", true
	}
	return fmt.Sprintf("page:%d:%x", number+1, sum.Sum64()), false
}

// readAnswer decodes an answer of either dialect into out.
func readAnswer(r request, body []byte, out any) error {
	body = bytes.TrimSpace(body)
	bare := bytes.HasPrefix(body, []byte("["))
	token := ""
	if bare {
		var again bool
		if token, again = nextPage(r, body); again {
			body = []byte("[]")
		}
	}
	if err := wire.Unmarshal(body, out); err != nil {
		return err
	}
	if list, ok := out.(interface{ NextPage(token string) }); ok && bare {
		list.NextPage(token)
	}
	return nil
}
