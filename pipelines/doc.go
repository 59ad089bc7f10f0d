// Package pipelines is the spec language and the engine that runs it: what to
// do is a short YAML file, how it is done is a plan of steps, and what was done
// is a store of immutable artifacts.
//
//	Load / Decode          Add, Compile            Local.Run
//	spec.yaml ----> Spec ----------------> Plan ------------> artifacts, events
//	                         (steps)                 Store
//
// The package knows the words of the spec but nothing of what they mean: no
// table, no net, no server. Package steps, the one place where rooms meet, turns
// a Spec into a Plan of its own Ops and gives it to a Runner.
//
// # What names an artifact
//
// An artifact is a folder named by the key of the step that made it: the digest
// of the op's name and version, its parameters, the step's seed and, for each
// input, the key of the step that it comes from. So the keys of a whole plan are
// known before anything runs, a change of one parameter changes the keys of all
// that hangs on it and of nothing else, and the same key is never made twice.
//
// Two kinds of step bend the rule. A source (Source: a download) brings in what
// only its content can name: steps that read from it take the digest of its
// files in place of its key, so they wait for it before their own keys are known
// (StatusPending in a View), and a file that is downloaded again unchanged
// changes nothing. One whose content may change (Refresher) is asked in every
// run whether it has. An effect (Effect: an upload) is keyed by the content of its
// inputs, never hit blindly (it is asked whether the earlier effect still holds)
// and runs only when Options.Effects allows it.
//
// # What survives what
//
// A step writes its outputs into a temporary folder, which is fsynced and
// renamed to its key when the step has succeeded: an artifact is whole or not
// there. What a step wants to find again after a kill -9 it keeps in its work
// folder, which is named by the same key and removed when the artifact is there.
// A lock per key, held by the kernel for the life of a process, keeps two
// processes from making one artifact twice and tells which temporary folders
// nobody owns.
//
//	<root>/artifacts/<key>/      files and manifest.json
//	<root>/artifacts/.tmp-<key>* being made
//	<root>/work/<key>/           checkpoints of a step that is not done
//	<root>/locks/<key>           one lock a key; run-* one a run under way
//	<root>/runs/<run id>/        spec.yaml, run.json, events.jsonl: see Record, Follow
//
// Start at Decode for the language, at Op and Plan for steps, at Open and Local
// for running them.
package pipelines
