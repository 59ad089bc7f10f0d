package sandbox

import (
	"crypto/md5"
	"hash/crc32"
	"io"
	"os"
	"sync"
	"time"
)

// sums remembers the checksums of what is served while it does not change.
type sums struct {
	m       sync.Map
	reading sync.Mutex // one at a time: many clients begin with the same file
}

type sumKey struct {
	path string
	size int64
	mod  time.Time
}

type sum struct {
	md5    [16]byte
	crc32c [4]byte
	crc32  uint32 // zip's
}

func (c *sums) of(f *os.File, st os.FileInfo) (sum, error) {
	return c.ofReader(sumKey{f.Name(), st.Size(), st.ModTime()}, f)
}

func (c *sums) ofReader(key sumKey, r io.Reader) (sum, error) {
	if v, ok := c.m.Load(key); ok {
		return v.(sum), nil
	}
	c.reading.Lock()
	defer c.reading.Unlock()
	if v, ok := c.m.Load(key); ok {
		return v.(sum), nil
	}
	m, crc, plain := md5.New(), crc32.New(crc32.MakeTable(crc32.Castagnoli)), crc32.NewIEEE()
	if _, err := io.Copy(io.MultiWriter(m, crc, plain), r); err != nil {
		return sum{}, err
	}
	v := sum{md5: [16]byte(m.Sum(nil)), crc32c: [4]byte(crc.Sum(nil)), crc32: plain.Sum32()}
	c.m.Store(key, v)
	return v, nil
}
