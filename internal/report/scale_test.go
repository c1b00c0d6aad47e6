package report

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func texts(ts []tick) string {
	var s []string
	for _, t := range ts {
		s = append(s, t.Text)
	}
	return strings.Join(s, " ")
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		axis axis
		want string
	}{
		{niceAxis(0, 0.68, 5), "0 0.2 0.4 0.6 0.8"},
		{niceAxis(-0.13, 0.2, 4), minus + "0.2 " + minus + "0.1 0 0.1 0.2"},
		{niceAxis(1, 500, 4), "0 200 400 600"},
		{axis{low: 1, high: 1}, "1"},
		{niceAxis(3, 3, 4), "2.6 2.8 3 3.2 3.4"},
		{niceAxis(0, 0, 4), minus + "1 " + minus + "0.5 0 0.5 1"},
		{axis{low: 0.03, high: 2, log: true}, "0.05 0.1 0.2 0.5 1 2"},
		{axis{low: 1e-5, high: 10, log: true}, "1e" + minus + "5 0.001 0.1 10"},
	} {
		if got := texts(c.axis.ticks(4)); got != c.want {
			t.Errorf("ticks of %+v: %q, want %q", c.axis, got, c.want)
		}
	}
}

// An axis holds what it was made for, and its ticks lie on it in order, few.
func TestAxisProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Float64Range(-1e6, 1e6).Draw(t, "low")
		high := low + rapid.Float64Range(0, 1e6).Draw(t, "span") // 0, and too small to change low, included
		a := niceAxis(low, high, 5)
		if at := a.at(low); at < -1e-6 || at > 1+1e-6 {
			t.Fatalf("%v lies at %v of %+v", low, at, a)
		}
		if at := a.at(high); at < -1e-6 || at > 1+1e-6 {
			t.Fatalf("%v lies at %v of %+v", high, at, a)
		}
		ts := a.ticks(5)
		if len(ts) < 2 || len(ts) > 12 {
			t.Fatalf("%d ticks on %+v", len(ts), a)
		}
		for i, k := range ts {
			if k.At < -1e-6 || k.At > 1+1e-6 || i > 0 && k.At <= ts[i-1].At {
				t.Fatalf("ticks %+v of %+v", ts, a)
			}
		}
	})
}

func TestChart(t *testing.T) {
	var ps []point
	for i := range 1000 {
		ps = append(ps, point{float64(i + 1), math.Exp(-float64(i) / 100)})
	}
	c := newChart("Loss", ps, true, reference{1e-3, "low", "bad"})
	if !c.Log {
		t.Error("a loss over four decades is drawn on a linear axis")
	}
	if n := len(strings.Fields(c.Line)); n != maxBins {
		t.Errorf("the line has %d points, want %d", n, maxBins)
	}
	if !strings.HasPrefix(c.Alt, "Loss: from 1 at the first") {
		t.Errorf("the words of the chart: %s", c.Alt)
	}
	if first := newChart("First", []point{{1, 2}}, false); texts(first.X) != "1" { // a history of one step
		t.Errorf("steps of a single step: %q", texts(first.X))
	}
	one := newChart("One", []point{{5, 2}}, false)
	if p := strings.Fields(one.Line); len(p) != 2 || p[0] != p[1] {
		t.Errorf("a single measurement is drawn as %q", one.Line)
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{decimal(-0.0001, 3), "0.000"}, {decimal(-1.5, 1), minus + "1.5"}, {decimal(math.NaN(), 3), "–"},
		{signed(0.25, 2), "+0.25"}, {signed(-0.25, 2), minus + "0.25"}, {signed(0, 2), "0.00"},
		{short(1e-9), "1e" + minus + "9"}, {short(0.00025), "0.00025"}, {count(1234567), "1,234,567"}, {count(9999), "9999"},
		{wholePercent(0.999), "99\u202f%"}, {wholePercent(1), "100\u202f%"}, {wholePercent(0.001), "under 1\u202f%"},
		{size(999), "999\u202fB"}, {size(61_400_000), "61.4\u202fMB"}, {plural(1, "a", "b"), "1 a"}, {plural(0, "a", "b"), "0 b"},
		{duration(98e9), "1\u202fmin 38\u202fs"}, {duration(7500e9), "2\u202fh 05\u202fmin"}, {interval(math.NaN(), 1, decimal), ""},
		{measureName("precision@5"), "Precision@5"}, {measureName("map@r"), "mAP@R"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
