package pipelines

// Artifact is a finished step's folder. Nothing in it ever changes.
type Artifact struct {
	Key      string
	Dir      string
	Manifest Manifest
}
