package steps

import "slices"

// heatMap is where in a photo a net sees a class: [h, w] from the upper left corner.
type heatMap struct {
	h, w   int
	values []float32
}

// mapOf is the map of class c out of the maps of all, [h, w, classes].
func mapOf(maps []float32, h, w, classes, c int) heatMap {
	m := heatMap{h, w, make([]float32, h*w)}
	for i := range m.values {
		m.values[i] = maps[i*classes+c]
	}
	return m
}

// stretch brings the values to 0 for the coldest place and 1 for the hottest; a map
// that is the same everywhere becomes all 0.
func (m heatMap) stretch() {
	lo, hi := slices.Min(m.values), slices.Max(m.values)
	for i, v := range m.values {
		if m.values[i] = 0; hi > lo {
			m.values[i] = (v - lo) / (hi - lo)
		}
	}
}

// centre is where a stretched map is hot, in shares of the photo's sides: the centre of
// mass of the places around the hottest one that hang together and are more than half
// as hot.
func (m heatMap) centre() (x, y float64) {
	start := slices.Index(m.values, slices.Max(m.values))
	seen := make([]bool, len(m.values))
	seen[start] = true
	var mass float64
	for queue := []int{start}; len(queue) > 0; queue = queue[1:] {
		i := queue[0]
		row, col, v := i/m.w, i%m.w, max(float64(m.values[i]), 1e-6)
		mass += v
		x += v * (float64(col) + 0.5)
		y += v * (float64(row) + 0.5)
		for _, d := range [][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
			r, c := row+d[0], col+d[1]
			if r < 0 || r >= m.h || c < 0 || c >= m.w || seen[r*m.w+c] || !(m.values[r*m.w+c] > 0.5) {
				continue
			}
			seen[r*m.w+c] = true
			queue = append(queue, r*m.w+c)
		}
	}
	return x / mass / float64(m.w), y / mass / float64(m.h)
}
