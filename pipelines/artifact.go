package pipelines

// Artifact is a finished step's folder. Nothing in it ever changes.
type Artifact struct {
	Key      string
	Dir      string
	Manifest Manifest
}

// Bytes is the size of the artifact's files.
func (a *Artifact) Bytes() int64 {
	var sum int64
	for _, f := range a.Manifest.Files {
		sum += f.Size
	}
	return sum
}
