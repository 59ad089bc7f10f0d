package submissions

import (
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Origins say where the data came from that a submission descends from:
// "kaggle:<competition>", "sandbox:<competition>", "mnist" and the like.

// FromKaggle reports whether an origin is data that Kaggle handed out. Only
// labels that say so are; one that nobody knows is not.
func FromKaggle(origin string) bool {
	return origin == Kaggle || strings.HasPrefix(origin, Kaggle+":")
}

// checkOrigins refuses to send to Kaggle what descends from data of elsewhere.
// A sandbox may hold the very answers of the real competition (MNIST holds
// those of digit-recognizer), so that such an upload would be a leak or a fake.
func checkOrigins(competition, server string, origins []string) error {
	if server != Kaggle {
		return nil
	}
	for _, o := range origins {
		if !FromKaggle(o) {
			return fault.New(fault.Usage, "train on the competition's own data first: podium run "+competition+" --submit",
				"refused to send to Kaggle's %s: the file descends from %s, which Kaggle did not hand out", competition, o)
		}
	}
	return nil
}
