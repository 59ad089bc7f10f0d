package cli

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// gpuLibrary is one that a GPU engine needs, under its names on Linux and
// Windows.
type gpuLibrary struct{ what, linux, windows string }

// gpuLibraries begin with the one that comes with the driver.
var gpuLibraries = []gpuLibrary{
	{"the driver", "libcuda.so*", "nvcuda.dll"},
	{"cuDNN", "libcudnn.so*", "cudnn64_*.dll"},
	{"cuBLAS", "libcublas.so*", "cublas64_*.dll"},
}

// gpu looks for NVIDIA's libraries by name, in the usual places, and loads none.
// That there are none is no failure: the processor computes.
func (d *doctor) gpu() {
	var there, missing []string
	for _, lib := range gpuLibraries {
		pattern := lib.linux
		if runtime.GOOS == "windows" {
			pattern = lib.windows
		}
		if path := findLibrary(d.libraryFolders(), pattern); path != "" {
			there = append(there, lib.what+" ("+path+")")
		} else {
			missing = append(missing, lib.what)
		}
	}
	switch {
	case slices.Contains(missing, gpuLibraries[0].what):
		d.note("GPU", "", "no NVIDIA driver found: the processor computes")
	case len(missing) > 0:
		d.note("GPU", "", "found %s, but not %s; this version computes on the processor", strings.Join(there, ", "), strings.Join(missing, ", "))
	default:
		d.note("GPU", "", "found %s; this version computes on the processor", strings.Join(there, ", "))
	}
}

// libraryFolders are where the system's loader would look, and where NVIDIA's
// installers put things.
func (d *doctor) libraryFolders() []string {
	if runtime.GOOS == "windows" {
		return append([]string{filepath.Join(d.e.getenv("SystemRoot"), "System32")}, filepath.SplitList(d.e.getenv("PATH"))...)
	}
	return append(filepath.SplitList(d.e.getenv("LD_LIBRARY_PATH")),
		"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/lib/wsl/lib",
		"/usr/local/nvidia/lib64", "/usr/local/cuda/lib64", "/usr/local/cuda/targets/*/lib", "/opt/cuda/lib64")
}

// findLibrary is the first file of that name, "" if there is none.
func findLibrary(folders []string, pattern string) string {
	for _, folder := range folders {
		if folder == "" {
			continue
		}
		if found, err := filepath.Glob(filepath.Join(folder, pattern)); err == nil && len(found) > 0 {
			return found[0]
		}
	}
	return ""
}
