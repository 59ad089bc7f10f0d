package kaggle

import (
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// TestCRCJoin: the CRC of pieces put together is that of the whole.
func TestCRCJoin(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	b := make([]byte, 70_000)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	want := crc32.Checksum(b, castagnoli)
	for _, at := range []int{0, 1, 2, 7, 8, 4096, 65_535, 69_999, 70_000} {
		got := crcJoin(crc32.Checksum(b[:at], castagnoli), crc32.Checksum(b[at:], castagnoli), crcShift(int64(len(b)-at)))
		if got != want {
			t.Errorf("joined at %d: %08x, want %08x", at, got, want)
		}
	}
	for _, size := range []int64{1, 1000, 1024, 65_536, 70_000, 100_000} {
		p := newPlan(int64(len(b)), size)
		for i := range p.segs {
			p.add(i, b[p.start(i):p.start(i)+p.length(i)])
		}
		if got := p.crc(); got != want {
			t.Errorf("segments of %d: %08x, want %08x", size, got, want)
		}
	}
	if got := newPlan(0, 8).crc(); got != 0 {
		t.Errorf("nothing: %08x", got)
	}
}

// TestPlanClaims: however lanes take and leave, every byte is claimed by one
// lane at a time and all are in the end.
func TestPlanClaims(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		total, size, lanes := 1+r.Int64N(5000), 1+r.Int64N(300), 1+r.IntN(6)
		p := newPlan(total, size)
		owner := make([]int, len(p.segs)) // lane+1 that holds it
		held := map[int]span{}
		for steps := 0; p.done() < total; steps++ {
			if steps > 100_000 {
				t.Fatalf("%d bytes in segments of %d, %d lanes: no end", total, size, lanes)
			}
			lane := r.IntN(lanes)
			s, has := held[lane]
			if !has {
				if s, has = p.claim(lanes); !has {
					continue
				}
				for i := s.first; i <= s.last; i++ {
					if owner[i] != 0 {
						t.Fatalf("segment %d is of lanes %d and %d", i, owner[i]-1, lane)
					}
					owner[i] = lane + 1
				}
				held[lane] = s
			}
			i := int(s.at / size)
			n := min(1+r.Int64N(size), p.start(i)+p.length(i)-s.at)
			p.add(i, make([]byte, n))
			s.at += n
			held[lane] = s
			if s.at == s.end || r.IntN(10) == 0 {
				for i := s.first; i <= s.last; i++ {
					owner[i] = 0
				}
				delete(held, lane)
				p.release(s)
			}
		}
		if _, more := p.claim(lanes); more {
			t.Error("a complete plan gives a span")
		}
	}
}

// TestPlanShares: an empty large object is shared out in spans that get smaller.
func TestPlanShares(t *testing.T) {
	t.Parallel()
	p := newPlan(100*segmentSize-5, segmentSize)
	var got []int
	for s, ok := p.claim(4); ok; s, ok = p.claim(4) {
		got = append(got, s.last-s.first+1)
	}
	sum, last := 0, spanSegments
	for _, n := range got {
		if n > last {
			t.Errorf("spans of %v segments: want none longer than the one before", got)
			break
		}
		sum, last = sum+n, n
	}
	if sum != 100 || got[0] != spanSegments || last != 1 {
		t.Errorf("spans of %v segments: want %d at first, 1 at last, 100 in all", got, spanSegments)
	}
	alone := newPlan(100*segmentSize, segmentSize)
	if s, ok := alone.claim(1); !ok || s.at != 0 || s.end != alone.total {
		t.Errorf("a lane alone got %+v", s)
	}
}

// FuzzRecord: a damaged record is none, or one whose numbers fit each other.
func FuzzRecord(f *testing.F) {
	dir := f.TempDir()
	p := newPlan(1000, 300)
	r, err := createRecord(filepath.Join(dir, "r"), `"etag"`, p)
	if err != nil {
		f.Fatal(err)
	}
	if err := r.note(2, segment{n: 7, crc: 9}); err != nil {
		f.Fatal(err)
	}
	r.f.Close()
	b, err := os.ReadFile(filepath.Join(dir, "r"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:100])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "r")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		r, etag, p, err := readRecord(path)
		if err != nil {
			return
		}
		defer r.f.Close()
		if etag != `"etag"` || p.total != 1000 || p.size != 300 || len(p.segs) != 4 {
			t.Errorf("ETag %q, %d bytes in %d segments of %d", etag, p.total, len(p.segs), p.size)
		}
		var sum int64
		for i, s := range p.segs {
			sum += s.n
			if s.n > p.length(i) {
				t.Errorf("segment %d has %d of %d bytes", i, s.n, p.length(i))
			}
		}
		if sum != p.done() {
			t.Errorf("%d bytes arrived, counted %d", sum, p.done())
		}
	})
}
