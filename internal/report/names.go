package report

import (
	"bytes"
	"html"
	"html/template"
	"regexp"
	"strings"
)

// Around the title that a page has until Embed puts in another.
const (
	titleOpen, titleClose = `<title data-slot="run">`, `</title>`
	headOpen, headClose   = `<h1 data-slot="run">`, `</h1>`
)

// titleSlots are the title and the heading of a page without a title of its own: until Embed fills them they name the
// models, which is what the page knows of itself.
func titleSlots(models []model) (title, head template.HTML) {
	var names []string
	for _, m := range models {
		names = append(names, m.Name)
	}
	text := "Report"
	if len(names) > 0 {
		text = html.EscapeString(strings.Join(names, " against "))
	}
	return template.HTML(titleOpen + text + titleClose), template.HTML(headOpen + text + headClose)
}

// fillTitle puts a title into a page that has none of its own.
func fillTitle(page []byte, title string) []byte {
	if title == "" {
		return page
	}
	title = html.EscapeString(title)
	page = replaceBetween(page, titleOpen, titleClose, "<title>"+title+titleClose)
	return replaceBetween(page, headOpen, headClose, "<h1>"+title+headClose)
}

// replaceBetween replaces the first text from open to the next end, both with it.
func replaceBetween(page []byte, open, end, by string) []byte {
	before, rest, ok := bytes.Cut(page, []byte(open))
	_, after, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		return page
	}
	return bytes.Join([][]byte{before, []byte(by), after}, nil)
}

// stageSlot is where a model's stage is named, by the digest of its embeddings.
var stageSlot = regexp.MustCompile(`<i hidden data-stage="([^"]*)"></i>`)

// nameStages says which stage made the embeddings of models that share a name.
func nameStages(page []byte, stages []Stage) []byte {
	names := map[string]string{}
	for _, s := range stages {
		if _, known := names[s.Digest]; !known && s.Digest != "" {
			names[s.Digest] = s.Name
		}
	}
	return stageSlot.ReplaceAllFunc(page, func(found []byte) []byte {
		name, ok := names[html.UnescapeString(string(stageSlot.FindSubmatch(found)[1]))]
		if !ok {
			return nil
		}
		return []byte(`, <span class="nb">stage <code>` + html.EscapeString(name) + `</code></span>`)
	})
}
