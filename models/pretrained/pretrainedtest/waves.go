package pretrainedtest

import "math"

// Waves are the two images of ../testdata/lite0.py, [2, 224, 224, 3], on which its
// golden file has what the publishers' net says.
func Waves() []float32 {
	var out []float32
	for image := range 2 {
		for i := range 224 * 224 * 3 {
			h, w, c := float64(i/3/224), float64(i/3%224), float64(i%3)
			v := math.Sin((c+1)*h/17) * math.Cos(w/(11+c))
			if image == 1 {
				v = math.Cos(h*w/(900+300*c))*0.9 - c*0.05
			}
			out = append(out, float32(v))
		}
	}
	return out
}
