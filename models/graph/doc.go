// Package graph builds neural nets as gorgonia expression graphs and runs them
// on an engine.
//
// gorgonia holds the graph, infers types and shapes, and derives the backward
// pass symbolically (gorgonia.Grad). The operations are this package's own: each
// is one call of an engine.Engine, fused where the engine fuses. The executor is
// its own too: it removes dead code (the first layer's input gradient), plans
// once where every activation lives in one block of memory, and then runs a step
// without allocating.
//
// Start with State (what training changes and a checkpoint holds), then Net
// (layers over a State, one graph for training and one for evaluation, both
// bound to the same tensors), then Net.Compile and Executor. Architectures are
// in models/zoo, updates of the parameters in models/solver, the training loop
// in models/train.
//
// A net has one input of images and one output of classes; Net.Vector is a second
// input, Net.Regress a second output with a loss of its own. What a run is fed is in
// Rows.
//
// Images are NHWC, convolution weights HWIO, dense weights [in, out], as package
// engine has them. Everything is float32.
//
// It is not a general autodiff library: only what the layers here need is there,
// and only the batch dimension may vary between runs.
package graph
