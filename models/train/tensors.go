package train

import (
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/weight"
)

// named is a tensor on an engine under the name that it has in a file.
type named struct {
	name  string
	value engine.T
}

// sources are tensors to be written to a file, read from the engine a part at a
// time.
func sources(e engine.Engine, parts []named) []weight.Source {
	out := make([]weight.Source, len(parts))
	for i, p := range parts {
		out[i] = weight.Source{Name: p.name, Shape: p.value.Shape(), Read: func(at int, dst []float32) error {
			return e.Download(dst, e.View(p.value, at, len(dst)))
		}}
	}
	return out
}

// upload copies a file's tensors to the engine; it must hold these and no others.
func upload(e engine.Engine, parts []named, file *weight.Reader) error {
	to := make([]weight.Sink, len(parts))
	for i, p := range parts {
		to[i] = weight.Sink{Name: p.name, Shape: p.value.Shape(), Write: func(at int, src []float32) error {
			return e.Upload(e.View(p.value, at, len(src)), src)
		}}
	}
	return file.Fill(to)
}
