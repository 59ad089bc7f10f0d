package pipelines

import "fmt"

// known is what is known of a competition's data beyond its files, for advice.
type known struct {
	// mirrored and upended say why images must not be flipped, left and right or top
	// and bottom; "" where they may be.
	mirrored, upended string
	// parted says why rows dealt to folds one by one deceive, "" where they do not; by
	// is what to keep together, and join the table that has it, if it is in none.
	parted, by, join string
}

// competitions are those of which something is known, from their pages and the files
// themselves.
var competitions = map[string]known{
	"state-farm-distracted-driver-detection": {
		mirrored: "left and right are classes: c1 is texting with the right hand and c3 with the left, c2 and c4 are phoning with them",
		upended:  "no driver hangs from the roof: the classes are where hands and head are",
		parted:   "the photos are frames of 26 drivers, and the hidden ones show other drivers",
		by:       "subject", join: "driver_imgs_list.csv",
	},
	"the-nature-conservancy-fisheries-monitoring": {
		parted: "the photos are frames of a few boats' cameras, and the hidden ones of the second stage are of other boats",
		by:     Clusters,
	},
	"digit-recognizer": {
		mirrored: "a digit in the mirror is none, or another: 2 and 5",
		upended:  "a digit upside down is none, or another: 6 and 9",
	},
}

// Advice is what is allowed in the spec and most likely wrong for its competition, each
// with its place.
func (s *Spec) Advice() []Problem {
	of, ok := competitions[s.Competition]
	if !ok {
		return nil
	}
	var out []Problem
	seen := map[string]bool{} // models share an augmentation
	for _, m := range s.Models {
		for _, f := range []struct {
			on  bool
			why string
		}{{m.Augment.FlipX, of.mirrored}, {m.Augment.FlipY, of.upended}} {
			path := "models." + m.Name + ".augment.flip"
			if s.src != nil && !s.given(path) {
				path = "augment.flip"
			}
			if f.on && f.why != "" && !seen[path+f.why] {
				seen[path+f.why] = true
				out = append(out, s.problem(path, "leave flip out", "flips make photos of %s wrong: %s", s.Competition, f.why))
			}
		}
	}
	if of.parted != "" && !s.Split.Grouped() {
		write := fmt.Sprintf("write split: %s", Split{Kind: groupSplit, K: s.Split.K, By: of.by, Seed: s.Split.Seed})
		if of.join != "" && s.Data.Join == "" {
			write += ", and join: " + of.join + " in data"
		}
		out = append(out, s.problem("split."+s.Split.Kind, write, "%s parts what belongs together: %s, so that CV will be far too good", s.Split.Kind, of.parted))
	}
	return out
}

func (s *Spec) given(path string) bool { _, ok := s.src.at[path]; return ok }

// Advice is a Problem that stops nothing, in words: place, what and what instead.
func (p Problem) Advice() string { return fmt.Sprintf("%s; %s", p, p.Hint) }
