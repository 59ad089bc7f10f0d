

package deps

import (
	_ "github.com/agnivade/levenshtein"
	_ "github.com/apache/arrow/go/v15/arrow/array"
	_ "github.com/apache/arrow/go/v15/arrow/csv"
	_ "github.com/apache/arrow/go/v15/arrow/ipc"
	_ "github.com/go-resty/resty/v2"
	_ "github.com/gofrs/flock"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/mmcloughlin/avo/build"
	_ "github.com/nlpodyssey/safetensors"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/schollz/progressbar/v3"
	_ "github.com/urfave/cli/v2"
	_ "go.yaml.in/yaml/v3"
	_ "go4.org/unsafe/assume-no-moving-gc"
	_ "golang.org/x/sys/cpu"
	_ "golang.org/x/term"
	_ "gorgonia.org/gorgonia"
	_ "github.com/google/flatbuffers/go"
)
