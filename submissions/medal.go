package submissions

// Medal is a Kaggle medal, or none.
type Medal string

// The medals.
const (
	NoMedal Medal = ""
	Bronze  Medal = "bronze"
	Silver  Medal = "silver"
	Gold    Medal = "gold"
)

// MedalPositions are the last ranks that win gold, silver and bronze in a
// competition of this many teams, by the rules of kaggle.com/progression with
// shares rounded down. They hold only where medals are awarded: not in getting
// started, playground and community competitions. Without teams all are 0.
func MedalPositions(teams int) (gold, silver, bronze int) {
	switch {
	case teams <= 0:
		return 0, 0, 0
	case teams < 100:
		return max(1, teams/10), max(1, teams/5), max(1, teams*2/5)
	case teams < 250:
		return 10, teams / 5, teams * 2 / 5
	case teams < 1000:
		return 10 + teams/500, 50, 100
	}
	return 10 + teams/500, teams / 20, teams / 10
}

// Medal is the best medal that the placement wins where medals are awarded.
func (p Placement) Medal() Medal {
	gold, silver, bronze := MedalPositions(p.Teams)
	switch {
	case p.Rank < 1:
		return NoMedal
	case p.Rank <= gold:
		return Gold
	case p.Rank <= silver:
		return Silver
	case p.Rank <= bronze:
		return Bronze
	}
	return NoMedal
}
