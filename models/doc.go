// Package models is the room for nets: what they are made of, what they run on,
// how they are trained, kept and asked for predictions. This package is only the
// map; what lies below builds on what lies to the left of it or above:
//
//	engine        what a device must be able to do; engine/cpu does it on the
//	              processor, engine/ref slowly but plainly, as the reference;
//	              engine/enginetest holds both to the same behaviour
//	graph         layers as a gorgonia expression graph, gradients, and the
//	              executor that runs them on an engine
//	solver        how gradients move weights
//	schedule      the learning rate over the steps
//	weight        named tensors in safetensors files
//	zoo           the architectures, one file each, by name
//	train         the loop: a configuration and a dataset give a model
//
// Start at train.Fit, which needs an engine (cpu.New), a train.Config and a
// train.Dataset. To add an architecture, write one file in zoo. To add a device,
// implement engine.Engine and run enginetest on it.
//
// Nothing here reads images or tables, knows what a competition is or prints:
// the other rooms do, and pipelines/steps brings them together. What goes in and
// comes out is plain slices of float32 and their shapes.
package models
