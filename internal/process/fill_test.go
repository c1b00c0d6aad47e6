package process

import (
	"slices"
	"testing"
)

func TestFill(t *testing.T) {
	v := Values{"out": {"/o"}, "in.images": {"/a"}, "in.embeddings": {"/b", "/c"}, "seed": {"7"}}
	tests := []struct {
		args, want []string
		err        string
	}{
		{[]string{"run", "{in.images}", "{out}"}, []string{"run", "/a", "/o"}, ""},
		{[]string{"--in={in.images}:{out}/x", "{seed}"}, []string{"--in=/a:/o/x", "7"}, ""},
		{[]string{"{in.embeddings}"}, []string{"/b", "/c"}, ""},
		{[]string{"{in.embeddings.2}", "x{in.embeddings.1}"}, []string{"/c", "x/b"}, ""},
		{[]string{"{print}", `{"a": 1}`, "{}", "${x}", "{ out }"}, []string{"{print}", `{"a": 1}`, "{}", "${x}", "{ out }"}, ""},
		{[]string{"--in={in.embeddings}"}, nil,
			`{in.embeddings} in "--in={in.embeddings}": 2 stages are connected there: write {in.embeddings.1} for the first, or let {in.embeddings} be an argument of its own`},
		{[]string{"{in.embeddings.3}"}, nil, `{in.embeddings.3} in "{in.embeddings.3}": there are 2, counted from 1`},
		{[]string{"{in.photos}"}, nil, `{in.photos} in "{in.photos}": nothing is connected there`},
	}
	for _, tt := range tests {
		got, err := v.Fill(tt.args)
		if !slices.Equal(got, tt.want) || (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
			t.Errorf("%q: %q, %v", tt.args, got, err)
		}
	}
	if got := Names("a {out} {in.images.2}", "{seed}{out}{nothing}"); !slices.Equal(got, []string{"out", "in.images", "seed"}) {
		t.Errorf("names: %q", got)
	}
	if got := Variable("in.images"); got != "PIPE_IN_IMAGES" {
		t.Error(got)
	}
}
