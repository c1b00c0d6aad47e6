package formats

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	flatbuffers "github.com/google/flatbuffers/go"
)

// This file finds the buffers of an Arrow IPC file inside its bytes
// (https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format). The library copies every batch it reads; a
// table larger than memory wants views. The schema is left to the library.

// Slots of the tables in Arrow's File.fbs, Message.fbs and Schema.fbs: 4 + 2 × the field's number.
const (
	footerSchema, footerDictionaries, footerBatches = 6, 8, 10
	messageType, messageHeader                      = 6, 8
	batchLength, batchNodes, batchBuffers           = 4, 6, 8
	batchCompression                                = 10
	schemaFields, schemaMetadata                    = 6, 8
	fieldDictionary, fieldChildren, fieldMetadata   = 12, 14, 16
)

const (
	arrowMagic        = "ARROW1"
	recordBatchHeader = 3 // in the union MessageHeader
	blockSize         = 24
	pairSize          = 16 // of the structs FieldNode and Buffer: two int64
)

// batch is a record batch: its rows, and its buffers as they lie in the file.
type batch struct {
	rows    int
	buffers [][]byte
}

// parseArrow gives the schema and the record batches of an Arrow file, all of whose buffers lie within file. It may
// panic on damaged bytes, with an index out of range.
func parseArrow(file []byte) (*arrow.Schema, []batch, error) {
	footer, end, err := arrowFooter(file)
	if err != nil {
		return nil, nil, err
	}
	if vectorLen(footer, footerDictionaries, blockSize) != 0 {
		return nil, nil, errors.New("has dictionaries, which an image table hasn't")
	}
	if err := checkSchemaSize(footer); err != nil {
		return nil, nil, err
	}
	r, err := ipc.NewFileReader(bytes.NewReader(file))
	if err != nil {
		return nil, nil, err
	}
	batches := make([]batch, vectorLen(footer, footerBatches, blockSize))
	for i := range batches {
		block := footer.Bytes[vectorAt(footer, footerBatches, i, blockSize):][:blockSize]
		if batches[i], err = parseBatch(file[:end], block); err != nil {
			return nil, nil, fmt.Errorf("record batch %d: %w", i, err)
		}
	}
	return r.Schema(), batches, nil // r owns no file and need not be closed
}

// arrowFooter gives the footer and where it begins.
func arrowFooter(file []byte) (flatbuffers.Table, int, error) {
	var none flatbuffers.Table
	tail := len(file) - len(arrowMagic) - 4
	if tail < 8 || string(file[:len(arrowMagic)]) != arrowMagic || string(file[tail+4:]) != arrowMagic {
		return none, 0, errors.New("not a whole Arrow file")
	}
	size := int64(binary.LittleEndian.Uint32(file[tail:]))
	if size < 8 || size > int64(tail-8) {
		return none, 0, fmt.Errorf("a footer of %d bytes in a file of %d", size, len(file))
	}
	start := tail - int(size)
	return root(file[start:tail]), start, nil
}

// checkSchemaSize bounds what the library will build from the schema in the footer: no nesting beyond the lists of an
// image table, no counts that ask for more memory than a schema needs.
func checkSchemaSize(footer flatbuffers.Table) error {
	const most = 64
	schema, ok := child(footer, footerSchema)
	if !ok || vectorLen(schema, schemaFields, 4) > most || vectorLen(schema, schemaMetadata, 4) > most {
		return errors.New("schema is missing or too large")
	}
	for i := range vectorLen(schema, schemaFields, 4) {
		f := vectorTable(schema, schemaFields, i)
		if vectorLen(f, fieldChildren, 4) > 1 || vectorLen(f, fieldMetadata, 4) > most || f.Offset(fieldDictionary) != 0 {
			return fmt.Errorf("column %d is not of an image table", i)
		}
		if vectorLen(f, fieldChildren, 4) == 0 {
			continue
		}
		item := vectorTable(f, fieldChildren, 0)
		if vectorLen(item, fieldChildren, 4) > 0 || vectorLen(item, fieldMetadata, 4) > most || item.Offset(fieldDictionary) != 0 {
			return fmt.Errorf("column %d is nested too deep", i)
		}
	}
	return nil
}

// parseBatch reads the metadata of the record batch that a block of the footer points at: int64 offset, int32 length
// of the metadata, int64 length of the body.
func parseBatch(file, block []byte) (batch, error) {
	offset := int64(binary.LittleEndian.Uint64(block))
	metaLen := int64(int32(binary.LittleEndian.Uint32(block[8:])))
	bodyLen := int64(binary.LittleEndian.Uint64(block[16:]))
	size := int64(len(file))
	if offset < 8 || metaLen < 16 || bodyLen < 0 || offset > size || metaLen > size-offset || bodyLen > size-offset-metaLen {
		return batch{}, fmt.Errorf("%d+%d bytes at %d of a file of %d", metaLen, bodyLen, offset, size)
	}
	meta, body := file[offset:offset+metaLen], file[offset+metaLen:offset+metaLen+bodyLen]
	if binary.LittleEndian.Uint32(meta) != 0xffffffff {
		return batch{}, errors.New("no continuation mark")
	}
	message := root(meta[8:])
	if o := message.Offset(messageType); o == 0 || message.GetByte(message.Pos+flatbuffers.UOffsetT(o)) != recordBatchHeader {
		return batch{}, errors.New("not a record batch")
	}
	b, ok := child(message, messageHeader)
	if !ok || b.Offset(batchCompression) != 0 {
		return batch{}, errors.New("empty or compressed, which an image table is not")
	}
	return batchBuffersIn(b, body)
}

// batchBuffersIn cuts the buffers of a record batch out of its body.
func batchBuffersIn(b flatbuffers.Table, body []byte) (batch, error) {
	rows := b.GetInt64Slot(batchLength, 0)
	if rows < 0 || rows > int64(len(body)) {
		return batch{}, fmt.Errorf("%d rows in %d bytes", rows, len(body))
	}
	for i := range vectorLen(b, batchNodes, pairSize) {
		if at := vectorAt(b, batchNodes, i, pairSize); b.GetInt64(at+8) != 0 {
			return batch{}, errors.New("holds nulls, which an image table hasn't")
		}
	}
	out := batch{rows: int(rows)}
	for i := range vectorLen(b, batchBuffers, pairSize) {
		at := vectorAt(b, batchBuffers, i, pairSize)
		offset, n := b.GetInt64(at), b.GetInt64(at+8)
		if offset < 0 || n < 0 || offset > int64(len(body)) || n > int64(len(body))-offset {
			return batch{}, fmt.Errorf("buffer %d: %d bytes at %d of %d", i, n, offset, len(body))
		}
		out.buffers = append(out.buffers, body[offset:offset+n:offset+n])
	}
	return out, nil
}

func root(b []byte) flatbuffers.Table {
	return flatbuffers.Table{Bytes: b, Pos: flatbuffers.GetUOffsetT(b)}
}

// child is the table in a slot.
func child(t flatbuffers.Table, slot flatbuffers.VOffsetT) (flatbuffers.Table, bool) {
	o := t.Offset(slot)
	if o == 0 {
		return flatbuffers.Table{}, false
	}
	return flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(t.Pos + flatbuffers.UOffsetT(o))}, true
}

// vectorLen is the length of the vector in a slot, of elements of size bytes; 0 where there is none.
func vectorLen(t flatbuffers.Table, slot flatbuffers.VOffsetT, size int) int {
	o := t.Offset(slot)
	if o == 0 {
		return 0
	}
	n := t.VectorLen(flatbuffers.UOffsetT(o))
	if n > len(t.Bytes)/size { // else positions could wrap round and stay in range
		panic(fmt.Sprintf("a vector of %d elements in %d bytes", n, len(t.Bytes)))
	}
	return n
}

// vectorAt is the position of element i, of size bytes, of the vector in a slot.
func vectorAt(t flatbuffers.Table, slot flatbuffers.VOffsetT, i int, size flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	return t.Vector(flatbuffers.UOffsetT(t.Offset(slot))) + flatbuffers.UOffsetT(i)*size
}

// vectorTable is the i-th table of the vector of tables in a slot.
func vectorTable(t flatbuffers.Table, slot flatbuffers.VOffsetT, i int) flatbuffers.Table {
	return flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(vectorAt(t, slot, i, 4))}
}
