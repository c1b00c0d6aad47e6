package report

import (
	"bytes"
	"encoding/base64"
	"image"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// checkPage parses a page and checks what must hold for each: ids are unique and links lead to them, nothing is loaded
// from elsewhere, every picture decodes and has a text.
func checkPage(t *testing.T, page []byte) *html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatalf("the page is no HTML: %v", err)
	}
	ids := map[string]bool{}
	for n := range root.Descendants() {
		if id, ok := attr(n, "id"); ok {
			if ids[id] {
				t.Errorf("id %q is there twice", id)
			}
			ids[id] = true
		}
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			checkElement(t, n, ids)
		}
	}
	words := text(root)
	for _, bad := range []string{"ZgotmplZ", "NaN", "Inf", "%!"} {
		if at := strings.Index(words, bad); at >= 0 {
			t.Errorf("the page says %q: …%.80s", bad, words[at:])
		}
	}
	if bytes.Contains(page, []byte("ZgotmplZ")) {
		t.Error("html/template refused a value")
	}
	return root
}

func checkElement(t *testing.T, n *html.Node, ids map[string]bool) {
	t.Helper()
	if n.Data == "img" {
		if alt, _ := attr(n, "alt"); alt == "" {
			t.Error("a picture has no text")
		}
	}
	for _, a := range n.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on"):
			t.Errorf("<%s> has a script in %s", n.Data, a.Key)
		case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
			if !ids[a.Val[1:]] {
				t.Errorf("link %q leads nowhere", a.Val)
			}
		case a.Key == "src" || a.Key == "href":
			checkData(t, n, a.Val)
		}
	}
	if n.Data == "style" && n.FirstChild != nil {
		for _, u := range strings.Split(n.FirstChild.Data, "url(")[1:] {
			u, _, _ = strings.Cut(u, ")")
			checkData(t, n, strings.Trim(u, `"'`))
		}
	}
}

// checkData says whether a reference is data within the page.
func checkData(t *testing.T, n *html.Node, uri string) {
	t.Helper()
	if uri == "data:," && n.Data == "link" {
		return
	}
	if n.Data == "a" && (strings.HasPrefix(uri, "variants/") || slices.Contains([]string{"table.csv", "table.parquet", "seeds.csv", "seeds.parquet"}, uri)) {
		return // a sweep's files beside its page
	}
	data, ok := strings.CutPrefix(uri, "data:image/jpeg;base64,")
	if !ok {
		t.Errorf("<%s> refers to something outside the page: %.60q", n.Data, uri)
		return
	}
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		t.Errorf("<%s>: %v", n.Data, err)
		return
	}
	if _, format, err := image.Decode(bytes.NewReader(raw)); err != nil || format != "jpeg" {
		t.Errorf("<%s> holds no JPEG: %v", n.Data, err)
	}
}

func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

// byID finds an element.
func byID(root *html.Node, id string) *html.Node {
	for n := range root.Descendants() {
		if v, ok := attr(n, "id"); ok && v == id {
			return n
		}
	}
	return nil
}

// text is the words of an element, without spaces at line ends.
func text(n *html.Node) string {
	var s strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "script" && d.Parent.Data != "style" {
			s.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(s.String()), " ")
}
