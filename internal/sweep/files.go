package sweep

import (
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"strconv"

	"github.com/parquet-go/parquet-go"
)

// WriteCSV writes the table, a row per variant over its seeds, best first. Numbers have all their digits.
func (t *Table) WriteCSV(w io.Writer) error { return t.sheet().csv(w) }

// WriteParquet writes the same as Parquet.
func (t *Table) WriteParquet(w io.Writer) error { return t.sheet().parquet(w) }

// WriteSeedsCSV writes a row for each variant with each seed, in the order of the file; axes are all those of the sweep.
func (t *Table) WriteSeedsCSV(w io.Writer, axes []Axis) error { return t.seedSheet(axes).csv(w) }

// WriteSeedsParquet writes the same as Parquet.
func (t *Table) WriteSeedsParquet(w io.Writer, axes []Axis) error {
	return t.seedSheet(axes).parquet(w)
}

func (s *sheet) csv(w io.Writer) error {
	out := csv.NewWriter(w)
	var names []string
	for _, c := range s.columns {
		names = append(names, c.name)
	}
	if err := out.Write(names); err != nil {
		return err
	}
	for i := range s.rows {
		var fields []string
		for _, c := range s.columns {
			fields = append(fields, field(c.values[i]))
		}
		if err := out.Write(fields); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func field(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return fmt.Sprint(v)
}

// parquet writes each column under its name, in order, as a column that may be null. The columns differ from sweep to
// sweep, so the row's type is made here.
func (s *sheet) parquet(w io.Writer) error {
	var fields []reflect.StructField
	for i, c := range s.columns {
		fields = append(fields, reflect.StructField{
			Name: "F" + strconv.Itoa(i), Type: reflect.PointerTo(c.kind()), Tag: reflect.StructTag(fmt.Sprintf("parquet:%q", c.name+",optional")),
		})
	}
	row := reflect.New(reflect.StructOf(fields)).Elem()
	out := parquet.NewWriter(w, parquet.SchemaOf(row.Interface()), parquet.CreatedBy("pipe", "1", ""), parquet.Compression(&parquet.Zstd))
	for i := range s.rows {
		for k, c := range s.columns {
			row.Field(k).SetZero()
			if c.values[i] != nil {
				p := reflect.New(c.kind())
				p.Elem().Set(reflect.ValueOf(c.values[i]))
				row.Field(k).Set(p)
			}
		}
		if err := out.Write(row.Interface()); err != nil {
			return err
		}
	}
	return out.Close()
}

// kind is the type of the values; text where all are missing.
func (c *column) kind() reflect.Type {
	for _, v := range c.values {
		if v != nil {
			return reflect.TypeOf(v)
		}
	}
	return reflect.TypeOf("")
}
