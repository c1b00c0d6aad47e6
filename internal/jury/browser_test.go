package jury

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browser starts Chromium, or skips the test where there is none. What the page does wrong is told when the test ends.
func browser(t *testing.T, url string) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		t.Skip("there is no Chromium (Debian's package chromium)")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WSURLReadTimeout(time.Minute))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(stop)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(stop)
	var mu sync.Mutex
	var wrong []string
	listening := chromedp.Listen(ctx, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, url) && !strings.HasPrefix(e.Request.URL, "data:") {
				wrong = append(wrong, "asks another site: "+e.Request.URL)
			}
		case *runtime.EventExceptionThrown:
			wrong = append(wrong, "exception: "+e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			wrong = append(wrong, fmt.Sprintf("console: %v", e.Args))
		}
	})
	if listening != nil {
		t.Fatal(listening)
	}
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, w := range wrong {
			t.Error("the page " + w)
		}
	})
	return ctx
}

// page is a window of the browser.
type page struct {
	t   *testing.T
	ctx context.Context
}

func (p *page) run(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// says waits until an element shows a text.
func (p *page) says(id, text string) {
	p.t.Helper()
	p.run(chromedp.Poll[chromedp.Void](fmt.Sprintf(`document.getElementById(%q).checkVisibility() && document.getElementById(%q).textContent.includes(%q)`, id, id, text),
		chromedp.WithPollingTimeout(20*time.Second)))
}

func (p *page) value(expression string) any {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[any](expression))
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

// scheme makes the window light or dark.
func (p *page) scheme(name string) {
	p.t.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, media); err != nil {
		p.t.Fatal(err)
	}
}

// shot keeps a picture of the window where JURY_SHOTS names a folder.
func (p *page) shot(name string) {
	dir := os.Getenv("JURY_SHOTS")
	if dir == "" {
		return
	}
	p.run(chromedp.Sleep(200 * time.Millisecond))
	b, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), b, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// choices gives what a person's file says, in order.
func choices(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, fileName(name)))
	if err != nil {
		t.Fatal(err)
	}
	all, whole, err := Parse(b)
	if err != nil || whole != len(b) {
		t.Fatal(whole, err)
	}
	var out []string
	for _, a := range all {
		out = append(out, a.Choice)
	}
	return strings.Join(out, " ")
}

// TestInABrowser judges by keyboard on a desktop and by touch on a phone, with a reload in between.
func TestInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes seconds to start")
	}
	dir := t.TempDir()
	_, url := newTestServer(t, dir, 4)
	p := &page{t, browser(t, url)}

	p.run(chromedp.EmulateViewport(1280, 800), chromedp.Navigate(url), chromedp.WaitVisible("#name"))
	p.shot("start")
	p.run(chromedp.SendKeys("#name", "Anna"+kb.Enter))
	p.says("progress", "Anna: 1 of 4")
	p.shot("desktop")
	p.run(chromedp.KeyEvent(kb.ArrowLeft))
	p.says("progress", "2 of 4")
	p.run(chromedp.KeyEvent("3"))
	p.says("progress", "3 of 4")
	p.run(chromedp.KeyEvent(kb.Backspace))
	p.says("progress", "2 of 4")
	p.run(chromedp.KeyEvent(kb.ArrowDown))
	p.says("progress", "3 of 4")
	if got, want := choices(t, dir, "Anna"), "left right undo same"; got != want {
		t.Errorf("kept %q, want %q", got, want)
	}
	left := p.value(`[...document.querySelectorAll("#left img")].map((i) => i.src).join()`)
	p.run(chromedp.Reload())
	p.says("progress", "Anna: 3 of 4")
	if again := p.value(`[...document.querySelectorAll("#left img")].map((i) => i.src).join()`); again != left {
		t.Errorf("after a reload the left row is %v, and was %v", again, left)
	}
	for what, expression := range map[string]string{
		"a picture or a button without a name": `[...document.querySelectorAll("#judge img")].filter((i) => !i.alt).length + [...document.querySelectorAll("button")].filter((b) => !b.textContent.trim()).length`,
		"a photo that is not there":            `[...document.querySelectorAll("#judge img")].filter((i) => i.complete && !i.naturalWidth).length`,
		"answers below the window":             `[...document.querySelectorAll(".answers button")].filter((b) => b.getBoundingClientRect().bottom > innerHeight).length`,
	} {
		if n := p.value(expression); n != 0.0 {
			t.Errorf("%s: %v", what, n)
		}
	}
	p.scheme("dark")
	if bg := p.value(`getComputedStyle(document.body).backgroundColor`); bg != "rgb(18, 20, 23)" {
		t.Errorf("in the dark the page is %v", bg)
	}
	p.shot("desktop-dark")
	p.scheme("light")

	p.run(chromedp.EmulateViewport(375, 667, chromedp.EmulateMobile, chromedp.EmulateTouch), chromedp.Reload())
	p.says("progress", "Anna: 3 of 4")
	p.run(chromedp.Tap("#other"))
	p.run(chromedp.WaitVisible("#name"))
	p.shot("phone-start")
	p.run(chromedp.SendKeys("#name", "Bert"))
	p.run(chromedp.Tap("#who button"))
	p.says("progress", "Bert: 1 of 4")
	p.shot("phone")
	for what, expression := range map[string]string{
		"pixels that stick out":   `document.documentElement.scrollWidth - 375`,
		"answers out of reach":    `[...document.querySelectorAll(".answers button")].filter((b) => { const r = b.getBoundingClientRect(); return r.bottom > innerHeight || r.height < 44 || r.width < 44; }).length`,
		"photos behind something": `[...document.querySelectorAll("#judge img")].filter((i) => { const r = i.getBoundingClientRect(); return r.width < 60 || r.bottom > document.querySelector(".answers").getBoundingClientRect().top + 1; }).length`,
	} {
		if n := p.value(expression); n != 0.0 {
			t.Errorf("on a phone, %s: %v", what, n)
		}
	}
	for i, choice := range []string{"right", "same", "left"} {
		p.run(chromedp.Tap(fmt.Sprintf(`[data-choice=%q]`, choice)))
		p.says("progress", fmt.Sprintf("%d of 4", i+2))
	}
	p.run(chromedp.Tap(`[data-choice="right"]`))
	p.says("thanks", "answered all 4")
	p.shot("phone-end")
	p.run(chromedp.Tap("#undo-end"))
	p.says("progress", "4 of 4")
	if got, want := choices(t, dir, "Bert"), "right same left right undo"; got != want {
		t.Errorf("kept %q, want %q", got, want)
	}
}

// TestPageTellsOfTrouble wants the page to say that an answer was not kept.
func TestPageTellsOfTrouble(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes seconds to start")
	}
	s, url := newTestServer(t, t.TempDir(), 2)
	p := &page{t, browser(t, url)}
	p.run(chromedp.Navigate(url), chromedp.WaitVisible("#name"), chromedp.SendKeys("#name", "Anna"+kb.Enter))
	p.says("progress", "1 of 2")
	s.mu.Lock()
	closed := s.sessions["anna"].journal.f.Close()
	s.mu.Unlock()
	if closed != nil {
		t.Fatal(closed)
	}
	p.run(chromedp.KeyEvent("1"))
	p.says("error", "Not kept: ")
	p.says("progress", "1 of 2")
	s.mu.Lock()
	delete(s.sessions, "anna")
	s.mu.Unlock()
	p.run(chromedp.KeyEvent("1"))
	p.says("progress", "2 of 2")
	if p.value(`document.getElementById("error").hidden`) != true {
		t.Error("the error stays")
	}
}
