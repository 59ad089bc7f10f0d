package sandbox

import "time"

// entry is one submission as the journal tells it.
type entry struct {
	event           // of its creation
	scored  bool    // scored or failed
	public  float64 // valid if scored and failure is empty
	private float64
	failure string
}

func (e *entry) complete() bool { return e.scored && e.failure == "" }

// participant is a user in a competition.
type participant struct{ competition, user string }

// state is what the journal's events add up to.
type state struct {
	entries  map[int64]*entry
	pending  map[int64]*entry         // those that are not scored
	byComp   map[string][]*entry      // in order of submission
	byUser   map[participant][]*entry // likewise
	accepted map[string]map[string]bool
	lastRef  int64
}

func newState() *state {
	return &state{
		entries: map[int64]*entry{}, pending: map[int64]*entry{}, byComp: map[string][]*entry{},
		byUser: map[participant][]*entry{}, accepted: map[string]map[string]bool{},
	}
}

// apply adds one event. An event of an unknown kind, written by a later
// version, changes nothing; the first score of a submission counts.
func (s *state) apply(e event) {
	switch e.Kind {
	case kindSubmit:
		en := &entry{event: e}
		s.entries[e.Ref], s.pending[e.Ref] = en, en
		s.byComp[e.Competition] = append(s.byComp[e.Competition], en)
		who := participant{e.Competition, e.User}
		s.byUser[who] = append(s.byUser[who], en)
		s.lastRef = max(s.lastRef, e.Ref)
	case kindScore:
		en := s.entries[e.Ref]
		if en == nil || en.scored {
			return
		}
		en.scored, en.failure = true, e.Error
		delete(s.pending, e.Ref)
		if e.Public != nil {
			en.public = *e.Public
		}
		if e.Private != nil {
			en.private = *e.Private
		}
	case kindAccept:
		if s.accepted[e.Competition] == nil {
			s.accepted[e.Competition] = map[string]bool{}
		}
		s.accepted[e.Competition][e.User] = true
	case kindReset:
		for _, en := range s.byComp[e.Competition] {
			delete(s.entries, en.Ref)
			delete(s.pending, en.Ref)
			delete(s.byUser, participant{e.Competition, en.User})
		}
		delete(s.byComp, e.Competition)
		delete(s.accepted, e.Competition)
	}
}

// of is every submission to a competition, oldest first.
func (s *state) of(competition string) []*entry { return s.byComp[competition] }

// by is a user's submissions to a competition, oldest first.
func (s *state) by(competition, user string) []*entry {
	return s.byUser[participant{competition, user}]
}

// spent counts a user's submissions of the UTC day of now, and all of them.
// A failed one costs nothing, one that is being scored counts.
func (s *state) spent(competition, user string, now time.Time) (today, total int) {
	day := now.UTC().Format(time.DateOnly)
	for _, en := range s.by(competition, user) {
		if en.failure != "" {
			continue
		}
		total++
		if en.Time.UTC().Format(time.DateOnly) == day {
			today++
		}
	}
	return today, total
}
