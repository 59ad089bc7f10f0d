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

// download copies tensors from the engine.
func download(e engine.Engine, parts []named) ([]weight.Tensor, error) {
	out := host(parts)
	for i, p := range parts {
		if err := e.Download(out[i].Data, p.value); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// upload copies a file's tensors to the engine; it must hold these and no others.
func upload(e engine.Engine, parts []named, file *weight.File) error {
	in := host(parts)
	if err := file.Fill(in); err != nil {
		return err
	}
	for i, p := range parts {
		if err := e.Upload(p.value, in[i].Data); err != nil {
			return err
		}
	}
	return nil
}

// host makes room for tensors outside the engine.
func host(parts []named) []weight.Tensor {
	out := make([]weight.Tensor, len(parts))
	for i, p := range parts {
		shape := p.value.Shape()
		out[i] = weight.Tensor{Name: p.name, Shape: append([]int{}, shape...), Data: make([]float32, shape.TotalSize())}
	}
	return out
}
