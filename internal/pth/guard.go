package pth

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The limits of a pickle. That of a large network's state_dict has some hundred kilobytes.
const (
	maxPickle     = 16 << 20 // bytes
	maxContainers = 1 << 20  // opcodes that make something that takes more memory than themselves
	maxLine       = 1 << 10  // bytes of a name
)

// Opcodes that guard looks at.
const (
	opStop   = '.'
	opGlobal = 'c'
	opFrame  = 0x95
	opLong1  = 0x8a
	opInt1   = 'K'
)

// What follows an opcode: so many bytes, or …
const (
	twoLines = -1
	length1  = -2 // a length in one byte, and as many bytes
	length4  = -3
	length8  = -4
)

// arguments of the opcodes that torch.save writes, in protocols 2 to 5. Others are refused.
var arguments = map[byte]int{
	0x80: 1, '}': 0, ']': 0, ')': 0, '(': 0, 't': 0, 0x85: 0, 0x86: 0, 0x87: 0, 'd': 0, 'l': 0, 'N': 0, 0x88: 0, 0x89: 0,
	'J': 4, opInt1: 1, 'M': 2, opLong1: length1, 0x8b: length4, 'G': 8,
	'X': length4, 0x8c: length1, 0x8d: length8, 'T': length4, 'U': length1, 'B': length4, 'C': length1, 0x8e: length8,
	opGlobal: twoLines, 0x93: 0, 'R': 0, 0x81: 0, 'b': 0, 'Q': 0,
	'q': 1, 'r': 4, 0x94: 0, 'h': 1, 'j': 4, 's': 0, 'u': 0, 'a': 0, 'e': 0, '0': 0, '1': 0, '2': 0,
	opFrame: 8, 0x8f: 0, 0x90: 0, 0x91: 0, opStop: 0,
}

// containers are the opcodes that maxContainers counts.
var containers = map[byte]bool{'(': true, '}': true, ']': true, 0x8f: true, 'R': true, 0x81: true}

// cursor reads and knows how far it is.
type cursor struct {
	*bufio.Reader
	at int64
}

// guard reads one pickle, and gives it as the unpickler can be trusted with: whole, with lengths that are true and opcodes
// that are known. It leaves out frames, which are hints for reading, turns an empty number into 0 and names
// OrderedDict so that ours is taken, which can be made from a list as Python 2 did.
func guard(in *cursor) ([]byte, error) {
	var out bytes.Buffer
	made := 0
	start := in.at
	for {
		op, err := in.ReadByte()
		if err != nil {
			return nil, errors.New("the pickle ends in its middle")
		}
		in.at++
		n, known := arguments[op]
		if !known {
			return nil, fmt.Errorf("the pickle has opcode 0x%02x, which torch.save doesn't write", op)
		}
		if containers[op] {
			made++
		}
		arg, err := in.argument(n)
		if err != nil {
			return nil, err
		}
		if in.at-start > maxPickle || made > maxContainers {
			return nil, fmt.Errorf("the pickle is larger than any of weights: %d bytes and more, %d containers", in.at-start, made)
		}
		switch {
		case op == opFrame:
			continue
		case op == opLong1 && len(arg) == 1:
			op, arg = opInt1, []byte{0}
		case op == opGlobal && string(arg) == "collections\nOrderedDict\n":
			arg = []byte(ownModule + "\nOrderedDict\n")
		}
		out.WriteByte(op)
		out.Write(arg)
		if op == opStop {
			return out.Bytes(), nil
		}
	}
}

// argument reads what follows an opcode.
func (c *cursor) argument(n int) ([]byte, error) {
	var head [8]byte
	switch n {
	case twoLines:
		var both []byte
		for range 2 {
			line, err := c.line()
			if err != nil {
				return nil, err
			}
			both = append(both, line...)
		}
		return both, nil
	case length1, length4, length8:
		h := head[:map[int]int{length1: 1, length4: 4, length8: 8}[n]]
		if err := c.fill(h); err != nil {
			return nil, err
		}
		size := binary.LittleEndian.Uint64(head[:])
		if size > maxPickle {
			return nil, fmt.Errorf("the pickle has a text of %d bytes, more than any of weights", size)
		}
		arg := make([]byte, len(h)+int(size))
		copy(arg, h)
		return arg, c.fill(arg[len(h):])
	}
	arg := make([]byte, n)
	return arg, c.fill(arg)
}

func (c *cursor) fill(b []byte) error {
	n, err := io.ReadFull(c, b)
	c.at += int64(n)
	if err != nil {
		return errors.New("the pickle ends in its middle")
	}
	return nil
}

// line reads up to a line's end, which it keeps.
func (c *cursor) line() ([]byte, error) {
	var line []byte
	for len(line) < maxLine {
		b, err := c.ReadByte()
		if err != nil {
			return nil, errors.New("the pickle ends in its middle")
		}
		c.at++
		if line = append(line, b); b == '\n' {
			return line, nil
		}
	}
	return nil, fmt.Errorf("the pickle has a name of more than %d bytes", maxLine)
}
