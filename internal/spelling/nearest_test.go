package spelling

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	names := []string{"epochs", "batch", "lr", "k", "batch_size"}
	for word, want := range map[string]string{
		"epoch": "epochs", "EPOCHS": "epochs", "epcohs": "epochs", "batch-size": "batch_size", "bacth": "batch", "rl": "lr", "K": "k",
		"q": "", "momentum": "", "": "", "colour": "",
	} {
		if got, _ := Nearest(word, names); got != want {
			t.Errorf("nearest to %q is %q, want %q", word, got, want)
		}
	}
}

func TestNearestByAnotherName(t *testing.T) {
	names := []string{"mse", "ntxent", "barlow", "lr", "batch", "k", "test_size", "validation_size"}
	for word, want := range map[string]string{
		"SimCLR": "ntxent", "infonce": "ntxent", "barlow-twins": "barlow", "learning_rate": "lr", "batch_size": "batch", "n_clusters": "k",
		"validation_split": "validation_size", "holdout": "test_size",
	} {
		if got, _ := Nearest(word, names); got != want {
			t.Errorf("nearest to %q is %q, want %q", word, got, want)
		}
	}
	if got, ok := Nearest("simclr", []string{"mse"}); ok {
		t.Errorf("what is not there is told as %q", got)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "abc", 3}, {"kitten", "sitting", 3}, {"ab", "ba", 1}, {"ca", "abc", 3}, {"größe", "grösse", 2}, {"same", "same", 0}} {
		if got := distance([]rune(c.a), []rune(c.b)); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := []rune(rapid.StringN(0, 8, -1).Draw(t, "a")), []rune(rapid.StringN(0, 8, -1).Draw(t, "b"))
		d := distance(a, b)
		if d != distance(b, a) || d > max(len(a), len(b)) || d < max(len(a), len(b))-min(len(a), len(b)) || (d == 0) != (string(a) == string(b)) {
			t.Fatalf("distance of %q and %q is %d", string(a), string(b), d)
		}
	})
}

func TestRanked(t *testing.T) {
	names := []string{"garment.recall@1", "garment.map@r", "category.recall@1", "groups.category.ami", "garment.precision@10"}
	for word, want := range map[string]string{
		"categry.recall@1": "category.recall@1", "recal": "garment.recall@1", "ami": "groups.category.ami",
		"precision": "garment.precision@10", "Map@r": "garment.map@r", "": names[0], "x": names[0],
	} {
		if got := Ranked(word, names); got[0] != want || len(got) != len(names) {
			t.Errorf("nearest to %q: %q, want %s first", word, got, want)
		}
	}
}
