package sandbox

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// practiceWriter makes a practice competition in a folder.
type practiceWriter struct {
	Practice
	name string
	dir  string
	made Made

	survey survey
	idName string
	metric metric.Metric
	images *imageFolder // nil: a table
	hidden []bool
	public []bool
	order  []int // the hidden rows as test.csv has them
}

func (w *practiceWriter) note(format string, args ...any) {
	w.made.Notes = append(w.made.Notes, fmt.Sprintf(format, args...))
}

func (w *practiceWriter) make(ctx context.Context) error {
	src, err := w.findSource()
	if err != nil {
		return err
	}
	w.survey.path, w.made.Table = src.table, filepath.Base(w.From)
	if src.images != "" {
		if w.images, err = w.listImages(src.images); err != nil {
			return err
		}
		w.survey.path = w.images.index
	} else if w.made.Table = filepath.Base(src.table); w.Table == "" && w.made.Table != "train.csv" && src.table != w.From {
		w.note("table: %s, the only CSV file there", w.made.Table)
	}
	if err := w.survey.take(ctx, w.columns, w.share(0)); err != nil {
		return err
	}
	if err := w.settle(); err != nil {
		return err
	}
	if err := w.split(); err != nil {
		return err
	}
	if err := w.write(ctx); err != nil {
		return err
	}
	return w.tryOut()
}

// share reports progress of the first or the second half of the work.
func (w *practiceWriter) share(half float64) func(done, size int64) {
	return func(done, size int64) {
		if w.Progress != nil && size > 0 {
			w.Progress(half/2 + float64(done)/float64(size)/2)
		}
	}
}

// hiddenRow is what the solution and the sample need of a hidden row.
type hiddenRow struct {
	id, answer string
	public     bool
}

// write makes every file.
func (w *practiceWriter) write(ctx context.Context) error {
	if err := w.table("train", func(c *csv.Writer) error { return w.writeTrain(ctx, c) }); err != nil {
		return err
	}
	var rows []hiddenRow
	err := w.table("test", func(c *csv.Writer) (err error) {
		rows, err = w.writeTest(ctx, c)
		return err
	})
	if err != nil {
		return err
	}
	if err := w.file("solution.csv", func(c *csv.Writer) error { return w.writeSolution(c, rows) }); err != nil {
		return err
	}
	if err := w.file("data/sample_submission.csv", func(c *csv.Writer) error { return w.writeSample(c, rows) }); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(w.dir, configName), 0o644, func(out io.Writer) error { return yaml.NewEncoder(out).Encode(w.config()) })
}

// table makes a table of the data, and beside it a zip of the images that its rows
// name, as Kaggle's competitions of photos have them.
func (w *practiceWriter) table(name string, fill func(*csv.Writer) error) error {
	write := func() error { return w.file("data/"+name+".csv", fill) }
	if w.images == nil {
		return write()
	}
	dir := filepath.Join(w.dir, "data")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return w.images.packed(filepath.Join(dir, name+".zip"), write)
}

func (w *practiceWriter) file(name string, fill func(*csv.Writer) error) error {
	return atomicfile.Write(filepath.Join(w.dir, filepath.FromSlash(name)), 0o644, func(out io.Writer) error {
		c := csv.NewWriter(out)
		if err := fill(c); err != nil {
			return err
		}
		c.Flush()
		return c.Error()
	})
}

// writeTrain streams the rows that are not hidden, in their order.
func (w *practiceWriter) writeTrain(ctx context.Context, c *csv.Writer) error {
	v := &w.survey
	f, t, _, err := v.open()
	if err != nil {
		return err
	}
	defer f.Close()
	if err := c.Write(w.withID(w.idName, t.header)); err != nil {
		return err
	}
	written := 0
	for i := 0; ; i++ {
		row, err := t.next()
		if errors.Is(err, io.EOF) && i == v.rows() {
			return nil
		}
		if err == nil && (i >= v.rows() || t.end() != v.ends[i]) || errors.Is(err, io.EOF) {
			return w.changed()
		}
		if err != nil {
			return v.wrong(err)
		}
		if w.hidden[i] {
			continue
		}
		written++
		if w.images != nil {
			if err := w.images.packTrain(row); err != nil {
				return err
			}
		}
		if err := c.Write(w.withID(strconv.Itoa(written), row)); err != nil {
			return err
		}
		if written%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			w.share(1)(int64(i), int64(v.rows()))
		}
	}
}

// writeTest writes the hidden rows without their answers, which it gives.
func (w *practiceWriter) writeTest(ctx context.Context, c *csv.Writer) ([]hiddenRow, error) {
	v := &w.survey
	f, t, header, err := v.open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	without := func(row []string) []string {
		return slices.Delete(slices.Clone(row), v.target, v.target+1)
	}
	if err := c.Write(w.withID(w.idName, without(t.header))); err != nil {
		return nil, err
	}
	var rows []hiddenRow
	for n, i := range w.order {
		row, err := rowAt(f, v.start(i, header), v.ends[i])
		if err != nil || len(row) != len(v.header) {
			return nil, w.changed()
		}
		h := hiddenRow{id: strconv.Itoa(w.made.Train + n + 1), answer: strings.TrimSpace(row[v.target]), public: w.public[i]}
		if v.id >= 0 {
			h.id = strings.TrimSpace(row[v.id])
		}
		if w.images != nil {
			if err := w.images.packTest(row, h.id); err != nil {
				return nil, err
			}
		}
		rows = append(rows, h)
		if err := c.Write(w.withID(h.id, without(row))); err != nil {
			return nil, err
		}
		if n%256 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// withID puts a made id before a row.
func (w *practiceWriter) withID(id string, row []string) []string {
	if w.survey.id >= 0 {
		return row
	}
	return append([]string{id}, row...)
}

func (w *practiceWriter) changed() error {
	return fault.New(fault.Failed, "run it again", "read %s: it changed while it was read", w.survey.path)
}

// rowAt reads the row between two offsets.
func rowAt(f *os.File, start, end int64) ([]string, error) {
	b := make([]byte, end-start)
	if _, err := f.ReadAt(b, start); err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(b))
	r.FieldsPerRecord = -1
	return r.Read()
}
