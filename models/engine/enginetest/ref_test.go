package enginetest_test

import (
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/enginetest"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
)

// The reference passes its own suite: no case asks for what cannot be.
func TestReference(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, func(*testing.T) engine.Engine { return ref.New() }, enginetest.Tolerance{Product: 1e-30, Pointwise: 1e-30})
}
