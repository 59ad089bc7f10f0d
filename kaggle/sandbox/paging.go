package sandbox

import (
	"net/http"
	"strconv"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// Page sizes where a request names none.
const (
	defaultPage     = 20
	submissionsPage = 50
)

// pageOf is which page is asked for: the one behind a token, else the one with
// a number from 1, else the first. Less than 1 is no number: clients send -1.
type pageOf struct {
	token  string
	number int
	size   int
}

// listPage is the page of a list that is bare in the REST dialect: it has no
// place for a token there, and so no page to begin with but the first.
func (c *call) listPage(token string, number, size int) pageOf {
	if c.rest {
		token, number = "", max(1, number)
	}
	return pageOf{token, number, size}
}

// firstPage is the token behind an empty page: the list begins.
const firstPage = "0"

// paged cuts one page out of a list, and says with which token the next is to
// be had; "" ends the list. The token is where the page begins.
func paged[T any](s *Sandbox, all []T, p pageOf) (page []T, next string, err error) {
	if p.size <= 0 {
		p.size = defaultPage
	}
	size := min(p.size, wire.MaxPageSize)
	from := 0
	switch {
	case p.token != "":
		if from, err = strconv.Atoi(p.token); err != nil || from < 0 {
			return nil, "", apiErrorf(http.StatusBadRequest, "pageToken is not one of ours")
		}
	case p.number > 1:
		from = min(p.number-1, len(all)) * size
	case p.number < 1 && s.emptyPages:
		return []T{}, firstPage, nil
	}
	from = min(from, len(all))
	to := min(from+size, len(all))
	if to < len(all) {
		next = strconv.Itoa(to)
	}
	return append([]T{}, all[from:to]...), next, nil
}
