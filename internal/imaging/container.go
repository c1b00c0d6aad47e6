package imaging

import "encoding/binary"

// pngOrientation looks for an eXIf chunk (PNG extensions 1.5). Chunks are length, type, data, checksum.
func pngOrientation(data []byte) Orientation {
	for at := 8; at+12 <= len(data); {
		n := int64(binary.BigEndian.Uint32(data[at:]))
		if int64(at)+12+n > int64(len(data)) {
			return 1
		}
		if string(data[at+4:at+8]) == "eXIf" {
			return readOrientation(data[at+8 : at+8+int(n)])
		}
		at += 12 + int(n)
	}
	return 1
}

// webpOrientation looks for an EXIF chunk in a RIFF container. Chunks are type, length, data, padded to even length.
func webpOrientation(data []byte) Orientation {
	for at := 12; at+8 <= len(data); {
		n := int64(binary.LittleEndian.Uint32(data[at+4:]))
		if int64(at)+8+n > int64(len(data)) {
			return 1
		}
		if string(data[at:at+4]) == "EXIF" {
			return readOrientation(exifPayload(data[at+8 : at+8+int(n)]))
		}
		at += 8 + int(n+n%2)
	}
	return 1
}

// exifPayload drops the prefix that some writers copy over from JPEG.
func exifPayload(b []byte) []byte {
	if len(b) >= 6 && string(b[:6]) == "Exif\x00\x00" {
		return b[6:]
	}
	return b
}
