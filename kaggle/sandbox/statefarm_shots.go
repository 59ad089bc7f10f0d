package sandbox

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos/drivers"
)

// drivingSubject is a driver of the labelled photos, with as many photos as the
// driver of that name has in the real competition.
type drivingSubject struct {
	id     string
	photos int
}

var drivingSubjects = []drivingSubject{
	{"p002", 725}, {"p012", 823}, {"p014", 876}, {"p015", 875}, {"p016", 1078}, {"p021", 1237}, {"p022", 1233}, {"p024", 1226}, {"p026", 1196},
	{"p035", 848}, {"p039", 651}, {"p041", 605}, {"p042", 591}, {"p045", 724}, {"p047", 835}, {"p049", 1011}, {"p050", 790}, {"p051", 920},
	{"p052", 740}, {"p056", 794}, {"p061", 809}, {"p064", 820}, {"p066", 1034}, {"p072", 346}, {"p075", 814}, {"p081", 823},
}

// hiddenDrivers is how many drivers the photos to predict show.
const hiddenDrivers = 30

// drivingShot is one photo of the competition.
type drivingShot struct {
	id      int // of all photos, in no order that tells anything
	train   bool
	driver  string
	posture drivers.Posture
	frame   int    // of the driver in the posture, from 0
	usage   string // of one to predict
}

func (s drivingShot) img() string { return fmt.Sprintf("img_%d.jpg", s.id) }

// path is the name in imgs.zip.
func (s drivingShot) path() string {
	if s.train {
		return fmt.Sprintf("imgs/train/c%d/%s", s.posture, s.img())
	}
	return "imgs/test/" + s.img()
}

// goldenRatio spreads the frames of a clip over its time, however many there
// are.
const goldenRatio = 0.6180339887498949

func (s drivingShot) draw(c *photos.Canvas) (quality int) {
	time := goldenRatio * float64(s.frame)
	time -= math.Floor(time)
	return drivers.Draw(c, drivers.Frame{
		Driver:  seed.Rand(drivingSeed, "sandbox", StateFarm, "driver", s.driver),
		Clip:    seed.Rand(drivingSeed, "sandbox", StateFarm, "clip", s.driver, s.posture),
		Photo:   seed.Rand(drivingSeed, "sandbox", StateFarm, "photo", s.driver, s.posture, s.frame),
		Posture: s.posture, Time: time, Resized: s.usage == usageIgnored,
	})
}

// shots are the photos in the order of the zip, by path. Ten follow each other
// with one driver in the ten postures before they get their numbers.
func (f drivingFiles) shots() []drivingShot {
	ids := seed.Rand(drivingSeed, "sandbox", StateFarm, "ids").Perm(fullDriving + fullDrivingTest)
	var all []drivingShot
	had := make([]int, len(drivingSubjects))
	driver := 0
	for i := range f.train {
		if i%drivers.Postures == 0 {
			if i > 0 {
				had[driver]++
			}
			driver = nextSubject(had)
		}
		all = append(all, drivingShot{id: ids[i] + 1, train: true, driver: drivingSubjects[driver].id, posture: drivers.Posture(i % drivers.Postures), frame: had[driver]})
	}
	for i := range f.test {
		round := i / drivers.Postures
		all = append(all, drivingShot{
			id: ids[fullDriving+i] + 1, driver: fmt.Sprintf("hidden %d", round%hiddenDrivers), posture: drivers.Posture(i % drivers.Postures),
			frame: round / hiddenDrivers, usage: drivingUsage(i),
		})
	}
	slices.SortFunc(all, func(a, b drivingShot) int { return strings.Compare(a.path(), b.path()) })
	return all
}

// nextSubject is the one that has the fewest of the photos that it should have.
func nextSubject(had []int) int {
	next := 0
	for i, s := range drivingSubjects {
		if (had[i]+1)*drivingSubjects[next].photos < (had[next]+1)*s.photos {
			next = i
		}
	}
	return next
}

// drivingUsage is what the score of a photo to predict counts for.
func drivingUsage(i int) string {
	switch v := seed.Rand(drivingSeed, "sandbox", StateFarm, "usage", i).Float64(); {
	case v < drivingIgnored:
		return usageIgnored
	case v < drivingIgnored+(1-drivingIgnored)*drivingPublic:
		return usagePublic
	}
	return usagePrivate
}

// byDriver are the labelled photos by driver, class and number.
func byDriver(shots []drivingShot) []drivingShot {
	labelled := slices.DeleteFunc(slices.Clone(shots), func(s drivingShot) bool { return !s.train })
	slices.SortFunc(labelled, func(a, b drivingShot) int {
		return cmp.Or(strings.Compare(a.driver, b.driver), cmp.Compare(a.posture, b.posture), cmp.Compare(a.id, b.id))
	})
	return labelled
}
