package imaging

import "encoding/binary"

// Orientation is EXIF's number, 1 to 8, for how stored pixels must be turned to stand upright:
// 1 as stored, 2 mirrored, 3 turned by 180°, 4 flipped top to bottom, 5 transposed, 6 turned 90° clockwise,
// 7 transposed over the other diagonal, 8 turned 90° anticlockwise.
type Orientation int

// Swaps says whether width and height change places.
func (o Orientation) Swaps() bool { return o >= 5 }

const orientationTag = 0x0112

// readOrientation finds the orientation in a TIFF structure, which is what an EXIF block holds. A block that is broken or
// says nothing gives 1: a photo is not worse for a bad note beside it.
func readOrientation(tiff []byte) Orientation {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == orientationTag {
			return shortValue(entries, order)
		}
		entries = entries[12:]
	}
	return 1
}

// shortValue reads an entry that must be one 16-bit number from 1 to 8.
func shortValue(entry []byte, order binary.ByteOrder) Orientation {
	const short = 3
	if order.Uint16(entry[2:]) != short || order.Uint32(entry[4:]) != 1 {
		return 1
	}
	if v := order.Uint16(entry[8:]); v >= 1 && v <= 8 {
		return Orientation(v)
	}
	return 1
}
