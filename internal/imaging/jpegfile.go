package imaging

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// The JPEG markers that matter here (ITU T.81, table B.1).
const (
	markerSOF0 = 0xC0 // baseline
	markerSOF1 = 0xC1 // extended sequential
	markerSOF2 = 0xC2 // progressive
	markerDHT  = 0xC4
	markerJPG  = 0xC8
	markerDAC  = 0xCC
	markerRST0 = 0xD0
	markerRST7 = 0xD7
	markerSOI  = 0xD8
	markerEOI  = 0xD9
	markerSOS  = 0xDA
	markerAPP1 = 0xE1
	markerTEM  = 0x01
)

// jpegFile is what the segments of a JPEG say.
type jpegFile struct {
	frame       byte // the marker of the frame header: which coding process
	width       int
	height      int
	sampling    [][2]int // per component: horizontal and vertical factor
	firstScan   int      // components in the first scan
	orientation Orientation
}

var errTruncated = errors.New("truncated: the file ends before its end-of-image marker")

// readJPEG walks all segments to the end-of-image marker. The decoder fills missing pixels with grey rather than fail, so
// this walk is what notices a truncated file. Unless whole is set it goes no further than the first scan.
func readJPEG(data []byte, whole bool) (*jpegFile, error) {
	j := &jpegFile{orientation: 1}
	exifSeen := false
	for at := 2; ; {
		marker, next, ok := nextMarker(data, at)
		if !ok {
			return nil, errTruncated
		}
		at = next
		if marker == markerEOI {
			break
		}
		if marker == markerSOI || marker == markerTEM || marker >= markerRST0 && marker <= markerRST7 {
			continue
		}
		body, next, ok := segment(data, at)
		if !ok {
			return nil, errTruncated
		}
		at = next
		if marker == markerSOS && !whole && j.frame != 0 {
			return j, nil
		}
		switch {
		case isFrame(marker):
			if err := j.readFrame(marker, body); err != nil {
				return nil, err
			}
		case marker == markerSOS && j.firstScan == 0 && len(body) > 0:
			j.firstScan = int(body[0])
		case marker == markerAPP1 && !exifSeen:
			if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok {
				j.orientation, exifSeen = readOrientation(tiff), true
			}
		}
	}
	if j.frame == 0 || j.firstScan == 0 {
		return nil, errors.New("a JPEG without an image in it")
	}
	return j, nil
}

// nextMarker finds the first marker at or after at, passing over entropy-coded data, in which 0xFF 0x00 is a data byte.
func nextMarker(data []byte, at int) (marker byte, next int, ok bool) {
	for at < len(data) {
		i := bytes.IndexByte(data[at:], 0xFF)
		if i < 0 {
			return 0, 0, false
		}
		at += i + 1
		for at < len(data) && data[at] == 0xFF {
			at++
		}
		if at < len(data) && data[at] != 0 {
			return data[at], at + 1, true
		}
	}
	return 0, 0, false
}

func segment(data []byte, at int) (body []byte, next int, ok bool) {
	if at+2 > len(data) {
		return nil, 0, false
	}
	n := int(binary.BigEndian.Uint16(data[at:]))
	if n < 2 || at+n > len(data) {
		return nil, 0, false
	}
	return data[at+2 : at+n], at + n, true
}

func isFrame(m byte) bool {
	return m >= markerSOF0 && m <= 0xCF && m != markerDHT && m != markerJPG && m != markerDAC
}

func (j *jpegFile) readFrame(marker byte, body []byte) error {
	if j.frame != 0 {
		return errors.New("a JPEG with two frame headers")
	}
	if marker > markerSOF2 {
		return fmt.Errorf("JPEG coding process SOF%d (lossless, hierarchical or arithmetic) is not supported; save it as an ordinary JPEG", marker-markerSOF0)
	}
	if len(body) < 6 || len(body) < 6+3*int(body[5]) {
		return errors.New("JPEG frame header is cut short")
	}
	if body[0] != 8 {
		return fmt.Errorf("JPEG with %d bits per sample is not supported, only 8", body[0])
	}
	j.frame = marker
	j.height = int(binary.BigEndian.Uint16(body[1:]))
	j.width = int(binary.BigEndian.Uint16(body[3:]))
	for i := range int(body[5]) {
		f := body[6+3*i+1]
		j.sampling = append(j.sampling, [2]int{int(f >> 4), int(f & 15)})
	}
	return nil
}
