package kaggle

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
)

// record is the memory of a download on disk: of which object it is, and of
// each segment how many bytes arrived and their CRC-32C. It is a header of
// recordHead bytes and one entry of 8 bytes a segment, written in place with no
// fsync: an entry that does not fit the bytes on disk (after a power cut, say)
// is found out when the part is opened, since those are hashed then.
type record struct{ f *os.File }

const (
	recordMagic = "podpart1"
	recordHead  = 512
	recordEntry = 8
)

// maxETag is the longest validator that fits the header. A real one has some 40
// bytes.
const maxETag = recordHead - 64

// maxSegments bounds what a damaged record can make us allocate: 128 TiB.
const maxSegments = 1 << 24

var errRecord = errors.New("not a record of a download")

// createRecord writes the header of a new record.
func createRecord(path, etag string, p *plan) (*record, error) {
	b := make([]byte, 0, recordHead)
	b = append(b, recordMagic...)
	b = binary.LittleEndian.AppendUint64(b, uint64(p.total))
	b = binary.LittleEndian.AppendUint64(b, uint64(p.size))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(etag)))
	b = append(b, etag...)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, err
	}
	if _, err := f.WriteAt(b[:recordHead], 0); err != nil { // the rest of the capacity is zero
		f.Close()
		return nil, err
	}
	return &record{f}, nil
}

// readRecord opens a record and gives what it says.
func readRecord(path string) (r *record, etag string, p *plan, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, "", nil, err
	}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	head := make([]byte, recordHead)
	if _, err := f.ReadAt(head, 0); err != nil {
		return nil, "", nil, err
	}
	etag, p, ok := parseRecordHead(head)
	if !ok {
		return nil, "", nil, errRecord
	}
	entries := make([]byte, recordEntry*len(p.segs))
	n, _ := f.ReadAt(entries, recordHead) // what was never written is zero: nothing arrived
	clear(entries[n:])
	for i := range p.segs {
		e := entries[i*recordEntry:]
		s := segment{n: int64(binary.LittleEndian.Uint32(e)), crc: binary.LittleEndian.Uint32(e[4:])}
		if s.n > p.length(i) {
			return nil, "", nil, errRecord
		}
		s.noted = s.n
		p.set(i, s)
	}
	return &record{f}, etag, p, nil
}

// parseRecordHead reads the first recordHead bytes of a record.
func parseRecordHead(b []byte) (etag string, p *plan, ok bool) {
	if len(b) < recordHead || string(b[:8]) != recordMagic {
		return "", nil, false
	}
	total, size := int64(binary.LittleEndian.Uint64(b[8:])), int64(binary.LittleEndian.Uint64(b[16:]))
	n := int64(binary.LittleEndian.Uint32(b[24:]))
	if n > maxETag || total <= 0 || size <= 0 || size >= 1<<32 || total/size >= maxSegments {
		return "", nil, false
	}
	end := 28 + n
	if crc32.Checksum(b[:end], castagnoli) != binary.LittleEndian.Uint32(b[end:]) {
		return "", nil, false
	}
	return string(b[28:end]), newPlan(total, size), true
}

// note writes the entry of segment i.
func (r *record) note(i int, s segment) error {
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, recordEntry), uint32(s.n))
	b = binary.LittleEndian.AppendUint32(b, s.crc)
	_, err := r.f.WriteAt(b, recordHead+recordEntry*int64(i))
	return err
}
