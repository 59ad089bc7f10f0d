package digits

import (
	"bufio"
	"io"
	"strconv"
)

// WriteTrain writes Kaggle's train.csv: label,pixel0,...,pixel783.
func WriteTrain(w io.Writer, s Set) error {
	return writeRows(w, s, true)
}

// WriteTest writes Kaggle's test.csv: pixel0,...,pixel783.
func WriteTest(w io.Writer, s Set) error {
	return writeRows(w, s, false)
}

func writeRows(w io.Writer, s Set, labelled bool) error {
	b := bufio.NewWriterSize(w, 1<<20)
	line := header(labelled)
	_, _ = b.Write(line) // a bufio.Writer keeps its first error for Flush
	for i, label := range s.Labels {
		line = line[:0]
		if labelled {
			line = append(append(line, levels[label]...), ',')
		}
		for _, p := range s.Image(i) {
			line = append(append(line, levels[p]...), ',')
		}
		line[len(line)-1] = '\n'
		_, _ = b.Write(line)
	}
	return b.Flush()
}

func header(labelled bool) []byte {
	line := make([]byte, 0, 1<<13)
	if labelled {
		line = append(line, "label,"...)
	}
	for p := range Pixels {
		line = append(line, "pixel"...)
		line = strconv.AppendInt(line, int64(p), 10)
		line = append(line, ',')
	}
	line[len(line)-1] = '\n'
	return line
}

// levels are the decimal forms of the grey levels.
var levels = func() (t [256]string) {
	for i := range t {
		t[i] = strconv.Itoa(i)
	}
	return t
}()
