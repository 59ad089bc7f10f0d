package wire

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Time is an instant on the wire: UTC, milliseconds, "Z". Reading also takes
// other fractions (.NET sends seven digits), offsets, and no zone at all,
// which means UTC.
type Time struct{ time.Time }

const sent = "2006-01-02T15:04:05.000Z"

// MarshalJSON writes 2026-07-01T12:34:56.789Z; the zero time is null.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + t.UTC().Format(sent) + `"`), nil
}

// UnmarshalJSON reads any of the forms that Kaggle has sent; null and "" are
// the zero time.
func (t *Time) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return fmt.Errorf("want a time, got %.40s", b)
	}
	got, err := ParseTime(text)
	*t = Time{got}
	return err
}

// ParseTime reads a time in any of the forms that Kaggle has sent, as UTC; ""
// is the zero time.
func ParseTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
		got, err := time.Parse(layout, strings.TrimSpace(text))
		if err == nil {
			return got.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("want a time as 2026-07-01T12:34:56Z, got %.40q", text)
}
