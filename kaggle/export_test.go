package kaggle

// WithSegments makes small files be fetched as large ones are: in segments of
// this many bytes, over several connections from so many bytes on.
func WithSegments(segment, from int64) Option {
	return func(c *config) { c.ranges.segment, c.ranges.from = segment, from }
}

// WithFree says how much room there is on the disk.
func WithFree(free func(dir string) (int64, bool)) Option { return func(c *config) { c.free = free } }

// Arrived is how many bytes the record of an unfinished download counts.
func Arrived(dest string) int64 { return partDone(dest) }

// WithConnections sets over how many connections a large file is fetched.
func WithConnections(n int) Option { return func(c *config) { c.ranges.lanes = n } }
