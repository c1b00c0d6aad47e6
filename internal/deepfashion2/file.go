package deepfashion2

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// This file takes an annotation file apart in one pass over its bytes: there are hundreds of thousands of them, most of each
// landmarks and polygons.

// fileFields are the values of a file that are looked at, as they stand there; nil where there is none.
type fileFields struct {
	source, pairID, scene json.RawMessage
	items                 map[int32]*itemFields
}

// itemFields are those of an item, by name. What is no object is in other.
type itemFields struct {
	raw   map[string]json.RawMessage
	other json.RawMessage
}

// itemNames are the fields of an item that are looked at.
var itemNames = map[string]bool{
	"category_id": true, "category_name": true, "style": true, "scale": true, "occlusion": true, "zoom_in": true, "viewpoint": true,
	"bounding_box": true, "segmentation": true,
}

var errNoObject = errors.New("it must be an object")

// readFile reads the one object of a file. Of a name that comes twice the last value counts.
func readFile(data []byte) (*fileFields, error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	f := &fileFields{items: map[int32]*itemFields{}}
	err := eachField(d, func(name string) (err error) {
		if n, ok := itemNumber(name); ok {
			f.items[n], err = readItem(d)
			return err
		}
		switch name {
		case "source":
			f.source, err = readRaw(d)
		case "pair_id":
			f.pairID, err = readRaw(d)
		case "scene":
			f.scene, err = readRaw(d)
		default:
			err = d.SkipValue()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the object")
	}
	return f, nil
}

// eachField calls use behind each name of an object; use reads the value.
func eachField(d *jsontext.Decoder, use func(name string) error) error {
	if k := d.PeekKind(); k != '{' && k != 0 { // 0: the error is ReadToken's
		return errNoObject
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for {
		t, err := d.ReadToken()
		if err != nil {
			return err
		}
		if t.Kind() == '}' {
			return nil
		}
		if err := use(t.String()); err != nil {
			return err
		}
	}
}

func readItem(d *jsontext.Decoder) (*itemFields, error) {
	f := &itemFields{raw: make(map[string]json.RawMessage, len(itemNames))}
	if k := d.PeekKind(); k != '{' && k != 0 {
		var err error
		f.other, err = readRaw(d)
		return f, err
	}
	return f, eachField(d, func(name string) (err error) {
		if !itemNames[name] {
			return d.SkipValue()
		}
		f.raw[name], err = readRaw(d)
		return err
	})
}

// readRaw gives the next value as it stands in the file, copied: a decoder's value is gone with its next one.
func readRaw(d *jsontext.Decoder) (json.RawMessage, error) {
	v, err := d.ReadValue()
	return json.RawMessage(bytes.Clone(v)), err
}

// itemNumber is N of "itemN".
func itemNumber(name string) (int32, bool) {
	digits, ok := strings.CutPrefix(name, "item")
	n, err := strconv.ParseInt(digits, 10, 32)
	return int32(n), ok && err == nil && n > 0 && strconv.FormatInt(n, 10) == digits
}

// numberLists reads a JSON value as lists of numbers; ok is false where it is none, or a number is beyond float32. That it
// is JSON has been checked, so space and commas can be passed over alike.
func numberLists(s []byte) (lists [][]float32, ok bool) {
	if len(s) == 0 || s[0] != '[' {
		return nil, false
	}
	lists = [][]float32{}
	all := make([]float32, 0, bytes.Count(s, []byte{','})+1) // of all lists
	at := pass(s, 1)
	for ; s[at] != ']'; at = pass(s, at+1) {
		if s[at] != '[' {
			return nil, false
		}
		from := len(all)
		for at = pass(s, at+1); s[at] != ']'; {
			end := at
			for numeric[s[end]] {
				end++
			}
			v, err := strconv.ParseFloat(string(s[at:end]), 32)
			if err != nil {
				return nil, false
			}
			all, at = append(all, float32(v)), pass(s, end)
		}
		lists = append(lists, all[from:len(all):len(all)])
	}
	return lists, true
}

// pass gives the place of the first byte from at on that is no space and no comma.
func pass(s []byte, at int) int {
	for s[at] == ',' || s[at] == ' ' || s[at] == '\n' || s[at] == '\t' || s[at] == '\r' {
		at++
	}
	return at
}

// numeric are the bytes of numbers.
var numeric = [256]bool{
	'0': true, '1': true, '2': true, '3': true, '4': true, '5': true, '6': true, '7': true, '8': true, '9': true,
	'-': true, '+': true, '.': true, 'e': true, 'E': true,
}
