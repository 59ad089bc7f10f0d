package metric

// meanAveragePrecision is MAP@k as Kaggle's own reference code has it
// (github.com/benhamner/Metrics, average_precision.py): in each row the mean,
// over the true labels but at most k of them, of the precision at the place
// where the label stands in the prediction; then the mean over the rows. Labels
// beyond the first k do not count, a label that is named again takes a place
// and earns nothing, and a row without true labels scores 0.
func meanAveragePrecision(truth, pred [][]string, k int) float64 {
	sum := 0.0
	left := map[string]bool{} // true labels of the row that were not met yet
	for i, labels := range truth {
		clear(left)
		for _, l := range labels {
			left[l] = true
		}
		wanted := min(len(left), k)
		hits, precision := 0.0, 0.0
		for at, l := range pred[i][:min(len(pred[i]), k)] {
			if left[l] {
				delete(left, l)
				hits++
				precision += hits / float64(at+1)
			}
		}
		if wanted > 0 {
			sum += precision / float64(wanted)
		}
	}
	return sum / float64(len(truth))
}
