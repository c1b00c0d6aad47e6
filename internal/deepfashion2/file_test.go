package deepfashion2

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Lists of numbers are read as the standard library reads them, whatever the JSON.
func TestNumberLists(t *testing.T) {
	check := func(t rapid.TB, text string) {
		text = strings.TrimSpace(text) // as a decoder gives a value
		if !json.Valid([]byte(text)) {
			return
		}
		var want [][]float32
		err := json.Unmarshal([]byte(text), &want)
		compact, _ := json.Marshal(json.RawMessage(text))
		for _, s := range []string{text, string(compact)} {
			got, ok := numberLists([]byte(s))
			if ok != (err == nil && want != nil) {
				t.Fatalf("%s: %v, ok is %v; the standard library says %v", s, got, ok, err)
			}
			for i := range got {
				if !ok || len(got) != len(want) || len(got[i]) != len(want[i]) || len(got[i]) > 0 && !reflect.DeepEqual(got[i], want[i]) {
					t.Fatalf("%s: %v, want %v", s, got, want)
				}
			}
		}
	}
	for _, s := range []string{"[]", "[[]]", "[[1,2],[3]]", "[[1 , -2.5e3 ]\n, [ ] ]", "[[1e39]]", "[[1e-60]]", "1", "{}", `""`, "[1]", `[["1"]]`, "[[[1]]]", "[[true]]", `[[1],"x"]`} {
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		lists := rapid.SliceOf(rapid.SliceOf(rapid.Float32Range(-1e6, 1e6))).Draw(t, "lists")
		text, err := json.MarshalIndent(lists, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		check(t, string(text))
		check(t, rapid.StringMatching(`\[(\[(-?[0-9]{1,3}(\.[0-9]+)?,?)*\],?)*\]|[\[\]1,"a ]{0,12}`).Draw(t, "text"))
	})
}
