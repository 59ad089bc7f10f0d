// Package drivers draws people at the wheel for the sandbox's generated edition
// of State Farm's competition: cartoons of what a camera sees from beside the
// passenger's head. A driver has a look (face, clothes, car, camera, light) that
// is in all of his or her photos; a driver in one posture is a clip, in which
// hands and head move only a little from one photo to the next. So photos of a
// clip are nearly the same photo, and one that is held out at random is known
// already, as in the real competition. What a program must learn is where
// hands and head are and what the hands hold: all else says nothing of the
// posture.
package drivers

// Posture is what a driver does: the class of a photo.
type Posture int

// The postures, by the numbers of the real competition's classes.
const (
	Driving      Posture = iota // both hands on the wheel, or one
	TextingRight                // with the right hand, which is the near one
	PhoneRight                  // at the right ear
	TextingLeft
	PhoneLeft
	Radio    // a hand on the console
	Drinking // from a cup or a bottle
	Reaching // behind
	Hair     // and makeup
	Talking  // to the passenger, so toward the camera
	postureCount
)

// Postures is how many there are.
const Postures = int(postureCount)
