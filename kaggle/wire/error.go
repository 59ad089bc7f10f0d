package wire

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrorBody is what a server says went wrong.
type ErrorBody struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Status  string `json:"status,omitempty"` // gRPC code word, as "NOT_FOUND"; of storage, its own word
}

// NestedError is the shape of the RPC gateway's errors (Google's API errors).
type NestedError struct {
	Error ErrorBody `json:"error"`
}

// StatusWord is the gRPC code word of an HTTP status.
func StatusWord(code int) string {
	switch code {
	case http.StatusBadRequest:
		return "INVALID_ARGUMENT"
	case http.StatusUnauthorized:
		return "UNAUTHENTICATED"
	case http.StatusForbidden:
		return "PERMISSION_DENIED"
	case http.StatusNotFound:
		return "NOT_FOUND"
	case http.StatusTooManyRequests:
		return "RESOURCE_EXHAUSTED"
	case http.StatusNotImplemented:
		return "UNIMPLEMENTED"
	case http.StatusServiceUnavailable:
		return "UNAVAILABLE"
	}
	return "INTERNAL"
}

// maxMessage bounds what is shown of a server's text, in bytes.
const maxMessage = 500

// ParseError finds the server's own words in an error body: nested JSON
// ({"error":{...}}), flat JSON ({"code","message"}), storage's XML
// (<Error><Code/><Message/></Error>), HTML (its title) or plain text. ok is
// false where the body says nothing. Any bytes are safe to give it.
func ParseError(body []byte) (e ErrorBody, ok bool) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	switch {
	case len(body) == 0:
		return ErrorBody{}, false
	case body[0] == '{' || body[0] == '[':
		e, ok = parseJSONError(body)
	case body[0] == '<':
		e, ok = parseMarkup(body)
	default:
		e, ok = ErrorBody{Message: string(body)}, true
	}
	e.Message, e.Status = oneLine(e.Message), oneLine(e.Status)
	return e, ok && (e.Message != "" || e.Status != "" || e.Code != 0)
}

// IsAPIError says whether an error body is the API's own: JSON with a code or a
// status word, nested or flat. What stands in the way to the API (proxies, front
// ends, other servers) says it in HTML, in JSON of its own or not at all.
func IsAPIError(body []byte) bool {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	if len(body) == 0 || body[0] != '{' {
		return false
	}
	e, ok := parseJSONError(body)
	return ok && (e.Code != 0 || e.Status != "")
}

func parseJSONError(body []byte) (ErrorBody, bool) {
	var shape struct {
		Error   json.RawMessage `json:"error"`
		Code    json.RawMessage `json:"code"`
		Message json.RawMessage `json:"message"`
	}
	if json.Unmarshal(body, &shape) != nil {
		return ErrorBody{}, false
	}
	var e ErrorBody
	if len(shape.Error) > 0 && shape.Error[0] == '{' {
		var inner struct {
			Code    json.RawMessage `json:"code"`
			Message json.RawMessage `json:"message"`
			Status  json.RawMessage `json:"status"`
		}
		if json.Unmarshal(shape.Error, &inner) != nil {
			return ErrorBody{}, false
		}
		e = ErrorBody{Code: number(inner.Code), Message: text(inner.Message), Status: text(inner.Status)}
		return e, true
	}
	e = ErrorBody{Code: number(shape.Code), Message: text(shape.Message)}
	if e.Message == "" {
		e.Message = text(shape.Error) // {"error":"words"}
	}
	return e, true
}

// number reads 404 and "404"; anything else is 0.
func number(raw json.RawMessage) int {
	var n json.Number
	if json.Unmarshal(bytes.Trim(raw, `"`), &n) != nil {
		return 0
	}
	i, err := n.Int64()
	if err != nil || i < 0 || i > 999 {
		return 0
	}
	return int(i)
}

// text reads a string; anything else is empty.
func text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // what is no string says nothing
	return s
}

func parseMarkup(body []byte) (ErrorBody, bool) {
	var x struct {
		XMLName xml.Name `xml:"Error"`
		Code    string   `xml:"Code"`
		Message string   `xml:"Message"`
	}
	if xml.Unmarshal(body, &x) == nil && (x.Code != "" || x.Message != "") {
		return ErrorBody{Message: x.Message, Status: x.Code}, true
	}
	lower := bytes.ToLower(body)
	from := bytes.Index(lower, []byte("<title>"))
	if from < 0 || len(lower) != len(body) {
		return ErrorBody{}, false
	}
	rest := body[from+len("<title>"):]
	to := bytes.IndexByte(rest, '<')
	if to < 0 {
		return ErrorBody{}, false
	}
	return ErrorBody{Message: string(rest[:to])}, true
}

// oneLine makes a server's text fit to print: valid UTF-8, no control
// characters (a terminal would obey them), one line, not too long.
func oneLine(s string) string {
	if len(s) > 4*maxMessage {
		s = s[:4*maxMessage]
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError || !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= maxMessage {
		return s
	}
	cut := maxMessage
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..."
}
