package pipelines

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/digest"
)

// Fingerprint is the key of the artifact that op makes with this seed of these
// inputs, of which To, Port and Key count. It is the digest of a JSON form in
// which the order of maps and of struct fields in the parameters does not count,
// while the order of inputs does.
//
// An input's Key is the fingerprint of the step that it comes from; it is
// "content:" and the digest of the port's files when that step is a Source or
// when op is an Effect.
func Fingerprint(op Op, seed uint64, inputs []InputRecord) (string, error) {
	params, err := canonicalJSON(op.Params())
	if err != nil {
		return "", fmt.Errorf("parameters of %s are not JSON: %w", op.Name(), err)
	}
	return fingerprint(op, params, seed, inputs), nil
}

// fingerprint is Fingerprint with the parameters made canonical before.
func fingerprint(op Op, params json.RawMessage, seed uint64, inputs []InputRecord) string {
	type input struct{ To, Port, Key string }
	form := struct {
		Form    int // of this struct
		Op      string
		Version int
		Params  json.RawMessage
		Seed    uint64
		Inputs  []input
	}{1, op.Name(), op.Version(), params, seed, nil}
	for _, in := range inputs {
		form.Inputs = append(form.Inputs, input{in.To, in.Port, in.Key})
	}
	return digest.JSON(form)
}

// canonicalJSON marshals v with all keys sorted and numbers as they are.
func canonicalJSON(v any) (json.RawMessage, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var tree any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	return json.Marshal(tree)
}

// isSource and isEffect ask what kind of step an op is.
func isSource(op Op) bool {
	s, ok := op.(Source)
	return ok && s.ContentKeyed()
}

func isEffect(op Op) bool { _, ok := op.(Effect); return ok }

// contentKey names the files of a's output port by what is in them.
func contentKey(a *Artifact, port Port) string {
	root := port.File
	if root == "" {
		root = port.Name
	}
	var files []FileRecord
	for _, f := range a.Manifest.Files {
		if f.Name == root || strings.HasPrefix(f.Name, root+"/") {
			f.Name = strings.TrimPrefix(f.Name, path.Dir(root)+"/")
			files = append(files, f)
		}
	}
	return "content:" + digest.JSON(files)
}

// inputRecord is what the edge e brings to the step n, nil while it is not known:
// key is the key of the step from, and a its artifact, nil when it is not there.
func inputRecord(n *Node, e Edge, from *Node, key string, a *Artifact) *InputRecord {
	r := &InputRecord{To: e.To, Step: e.From.Step, Port: e.From.Port, Key: key}
	if isSource(from.Op) || isEffect(n.Op) {
		if a == nil {
			return nil
		}
		r.Key = contentKey(a, from.outputs[e.From.Port])
	}
	if r.Key == "" {
		return nil
	}
	return r
}
