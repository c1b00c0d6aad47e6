// Package jury lets people judge: it shows them, blind and in random order, what two models find for the same photo, on a
// page of this machine, keeps their answers, and sums them up.
package jury

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
)

// The sides of a pair, and what a person may answer.
const (
	Ours     = "ours"
	Baseline = "baseline"

	Left  = "left"
	Right = "right"
	Same  = "same" // about the same
	Undo  = "undo" // takes the answer before back
)

// Answer is a line of a file of answers: what one person said of one query. Of several lines of one person about the same
// question the last one stands.
type Answer struct {
	Judge    string    `json:"judge"`
	Query    string    `json:"query"` // id
	K        int       `json:"k"`     // neighbours shown of each
	Images   string    `json:"images"`
	Ours     string    `json:"ours"` // digests of the artifacts that were shown
	Baseline string    `json:"baseline"`
	Left     string    `json:"left"` // Ours or Baseline: what stood on the left
	Choice   string    `json:"choice"`
	MS       int64     `json:"ms"` // from the moment the pair was shown
	Time     time.Time `json:"time"`
}

// Verdict is Ours, Baseline or Same; "" of an Undo.
func (a Answer) Verdict() string {
	switch {
	case a.Choice == Same:
		return Same
	case a.Choice == Undo:
		return ""
	case (a.Choice == Left) == (a.Left == Ours):
		return Ours
	}
	return Baseline
}

// person is who gave an answer, however the name is written.
func (a Answer) person() string { return strings.ToLower(a.Judge) }

func (a Answer) check() error {
	if name, err := cleanName(a.Judge); err != nil || name != a.Judge {
		return fmt.Errorf("judge %q is no name", a.Judge)
	}
	switch {
	case a.Query == "" || a.K < 1 || a.Images == "" || a.Ours == "" || a.Baseline == "":
		return errors.New("a query, k and three digests must be there")
	case a.Left != Ours && a.Left != Baseline:
		return fmt.Errorf("left must be %s or %s, not %q", Ours, Baseline, a.Left)
	case !slices.Contains([]string{Left, Right, Same, Undo}, a.Choice):
		return fmt.Errorf("choice must be %s, %s, %s or %s, not %q", Left, Right, Same, Undo, a.Choice)
	case a.MS < 0:
		return fmt.Errorf("%d ms can't be", a.MS)
	}
	return nil
}

// longestName is the most letters that a person's name may have.
const longestName = 60

// cleanName gives a name without spaces around it, or says what is wrong with it.
func cleanName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	switch n := len([]rune(name)); {
	case n == 0:
		return "", errors.New("a name or initials, please")
	case n > longestName:
		return "", fmt.Errorf("a name of at most %d letters, please", longestName)
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "", errors.New("a name of letters, please")
	}
	return name, nil
}

// Parse reads lines of answers. A last line that is cut off is left out: its writing never came to its end, and nobody was
// told that it had. whole is how many bytes the lines before it take.
func Parse(b []byte) (answers []Answer, whole int, err error) {
	for number := 1; whole < len(b); number++ {
		end := bytes.IndexByte(b[whole:], '\n')
		if end < 0 {
			return answers, whole, nil
		}
		var a Answer
		d := json.NewDecoder(bytes.NewReader(b[whole : whole+end]))
		d.DisallowUnknownFields()
		err := d.Decode(&a)
		if err == nil {
			if _, more := d.Token(); !errors.Is(more, io.EOF) {
				err = errors.New("something follows the answer")
			}
		}
		if err == nil {
			err = a.check()
		}
		if err != nil {
			return nil, whole, fmt.Errorf("line %d is no answer: %w", number, err)
		}
		answers = append(answers, a)
		whole += end + 1
	}
	return answers, whole, nil
}

// extension ends the name of a file of answers.
const extension = ".jsonl"

// IsAnswers says whether a file of a folder of answers holds answers, by its path in it.
func IsAnswers(rel string) bool {
	return filepath.Ext(rel) == extension && !strings.Contains(rel, "/") && !strings.HasPrefix(rel, ".")
}

// ReadFolder reads all answers of a folder, file by file. A folder that is not there has none.
func ReadFolder(dir string) ([]Answer, error) {
	files, err := filepath.Glob(filepath.Join(globEscape(dir), "[^.]*"+extension))
	if err != nil {
		return nil, err
	}
	var all []Answer
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		answers, _, err := Parse(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w: mend the line or take it away", f, err)
		}
		all = append(all, answers...)
	}
	return all, nil
}

func globEscape(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// Subject is what answers are about.
type Subject struct {
	Images, Ours, Baseline string // digests
	K                      int
}

func (a Answer) about(s Subject) bool {
	return a.Images == s.Images && a.Ours == s.Ours && a.Baseline == s.Baseline && a.K == s.K
}

// Standing gives the answers about a subject that stand, in the order they were given, and how many are about something
// else.
func Standing(all []Answer, s Subject) (standing []Answer, others int) {
	at := map[[2]string]int{} // person, query → place in all
	for i, a := range all {
		key := [2]string{a.person(), a.Query}
		switch {
		case !a.about(s):
			others++
		case a.Choice == Undo:
			delete(at, key)
		default:
			at[key] = i
		}
	}
	for i, a := range all {
		if j, ok := at[[2]string{a.person(), a.Query}]; ok && i == j {
			standing = append(standing, a)
		}
	}
	return standing, others
}
