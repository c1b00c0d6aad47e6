package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

func member(i int) Member { return Member{Key: digestOf(i), Sketch: []uint32{uint32(i), 1000}} }

func digestOf(i int) Digest { return Digest(fmt.Sprintf("%064x", i)) }

func TestHistoryAndFamilyAreBounded(t *testing.T) {
	s, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for i := range historySize + 5 {
		for range 2 { // the same again is no entry
			if err := s.AddHistory(ctx, "e", "s", Gave{Artifact: digestOf(i), Run: fmt.Sprint(i)}); err != nil {
				t.Fatal(err)
			}
			if err := s.JoinFamily(ctx, digestOf(1000), member(i), 3); err != nil {
				t.Fatal(err)
			}
		}
	}
	h := s.History("e", "s")
	if len(h) != historySize || h[0] != (Gave{Artifact: digestOf(5), Run: "5"}) || h[historySize-1].Artifact != digestOf(historySize+4) {
		t.Errorf("%d entries, %v … %v", len(h), h[0], h[len(h)-1])
	}
	if s.History("e", "other") != nil || s.Family(digestOf(1)) != nil {
		t.Error("another stage has a history, or another family keys")
	}
	if all, err := s.HistoryArtifacts(); err != nil || len(all) != historySize {
		t.Errorf("%d artifacts, %v", len(all), err)
	}
	if f := s.Family(digestOf(1000)); !reflect.DeepEqual(f, []Member{member(34), member(33), member(32)}) {
		t.Errorf("family %v", f)
	}
	if err := s.JoinFamily(ctx, digestOf(1000), member(32), 3); err != nil {
		t.Fatal(err)
	}
	if f := s.Family(digestOf(1000)); !reflect.DeepEqual(f, []Member{member(32), member(34), member(33)}) {
		t.Errorf("family %v", f)
	}
	if w := strings.Join(s.Warnings(), "; "); w != "" {
		t.Error(w)
	}
}

// TestHistoryOfManyRuns: entries that come at once are all kept, and none of them twice in a row.
func TestHistoryOfManyRuns(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			s, err := Open(dir, Options{})
			if err == nil {
				err = s.AddHistory(context.Background(), "e", "s", Gave{Artifact: digestOf(i % 4)})
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s, err := Open(dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	h := s.History("e", "s")
	if got := slices.Compact(slices.Clone(h)); !slices.Equal(got, h) {
		t.Errorf("%v has the same twice in a row", h)
	}
	if all, _ := s.HistoryArtifacts(); len(all) != 4 {
		t.Errorf("%d artifacts of 4", len(all))
	}
}
