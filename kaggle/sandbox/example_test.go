package sandbox_test

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

func ExampleParseFault() {
	for _, line := range []string{
		"storage cut=100000 at=1", "CreateSubmission 429 retry-after=2", "api 503 share=0.1 body=html", "CreateSubmision 503",
	} {
		f, err := sandbox.ParseFault(line)
		if err != nil {
			fmt.Println(err)
			fmt.Println(fault.HintOf(err))
			continue
		}
		fmt.Printf("%s to %s\n", f.Do, f.On) // for sandbox.Open(dir, sandbox.WithFaults(1, f))
	}
	// Output:
	// cut to storage
	// status to CreateSubmission
	// status to api
	// fault "CreateSubmision 503": want an API method, api, storage, upload or any, got "CreateSubmision"
	// did you mean CreateSubmission? see podium help faults
}
