package chromium

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Page is a page in the browser.
type Page struct {
	b       *Browser
	session string

	mu       sync.Mutex
	requests []string
	problems []string
}

// Open opens the page at url, with a screen of that many CSS pixels, and waits until it
// has loaded. A page that is not there fails the test.
func (b *Browser) Open(url string, width, height int, dark bool) *Page {
	b.tb.Helper()
	var target struct{ TargetID string }
	b.must("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.must("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	p := &Page{b: b, session: attached.SessionID}
	b.mu.Lock()
	b.pages[p.session] = p
	b.mu.Unlock()
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		p.must(domain+".enable", nil, nil)
	}
	p.Screen(width, height, dark)
	var gone struct{ ErrorText string }
	p.must("Page.navigate", map[string]any{"url": url}, &gone)
	if gone.ErrorText != "" {
		b.tb.Fatalf("chromium: open %s: %s", url, gone.ErrorText)
	}
	p.Wait(`document.readyState === "complete" && location.href !== "about:blank"`)
	return p
}

// Screen makes the page's screen another, in the reader's light or dark colours.
func (p *Page) Screen(width, height int, dark bool) {
	p.b.tb.Helper()
	p.must("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	colours := map[bool]string{false: "light", true: "dark"}[dark]
	p.must("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]string{"name": "prefers-color-scheme", "value": colours},
		map[string]string{"name": "prefers-reduced-motion", "value": "reduce"}}}, nil)
}

// Eval computes an expression of JavaScript in the page, into v if it is not nil.
func (p *Page) Eval(expression string, v any) {
	p.b.tb.Helper()
	var got struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	p.must("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &got)
	if e := got.ExceptionDetails; e != nil {
		p.b.tb.Fatalf("chromium: %s: %s %s", expression, e.Text, e.Exception.Description)
	}
	if v != nil {
		if err := json.Unmarshal(got.Result.Value, v); err != nil {
			p.b.tb.Fatalf("chromium: %s: %v", expression, err)
		}
	}
}

// Wait waits until an expression is true.
func (p *Page) Wait(expression string) {
	p.b.tb.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		var is bool
		if p.Eval("!!("+expression+")", &is); is {
			return
		}
		if time.Now().After(end) {
			p.b.tb.Fatalf("chromium: waited in vain for %s", expression)
		}
	}
}

// Click brings the first element that a CSS selector picks into view and clicks on its
// middle, as a person does.
func (p *Page) Click(selector string) {
	p.b.tb.Helper()
	quoted, _ := json.Marshal(selector) // a string always can be
	var at struct{ X, Y float64 }
	p.Eval(fmt.Sprintf(`(() => { const e = document.querySelector(%s); e.scrollIntoView({block: "nearest", inline: "nearest"});
		const r = e.getBoundingClientRect(); return {X: r.x + r.width / 2, Y: r.y + r.height / 2} })()`, quoted), &at)
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		p.must("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1}, nil)
	}
}

// Screenshot is a PNG of what the screen shows, or of the whole page.
func (p *Page) Screenshot(whole bool) []byte {
	p.b.tb.Helper()
	var got struct{ Data string }
	p.must("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": whole}, &got)
	b, err := base64.StdEncoding.DecodeString(got.Data)
	if err != nil {
		p.b.tb.Fatal(err)
	}
	return b
}

// Requests are the URLs that the page has asked for, itself among them and what is in it
// as data: not.
func (p *Page) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// Problems are what a browser's console has to say of the page: errors, warnings, what
// its policy forbids, and exceptions.
func (p *Page) Problems() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.problems)
}

func (p *Page) must(method string, params, result any) {
	p.b.tb.Helper()
	p.b.must(p.session, method, params, result)
}

// observe remembers what events tell.
func (p *Page) observe(m message) {
	var e struct {
		Request          struct{ URL string }
		Entry            struct{ Level, Text string }
		Type             string
		Args             []struct{ Value, Description any }
		ExceptionDetails struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case m.Method == "Network.requestWillBeSent" && len(e.Request.URL) > 5 && e.Request.URL[:5] != "data:":
		p.requests = append(p.requests, e.Request.URL)
	case m.Method == "Log.entryAdded" && (e.Entry.Level == "error" || e.Entry.Level == "warning"):
		p.problems = append(p.problems, e.Entry.Level+": "+e.Entry.Text)
	case m.Method == "Runtime.consoleAPICalled" && (e.Type == "error" || e.Type == "warning" || e.Type == "assert"):
		p.problems = append(p.problems, fmt.Sprint(e.Type, ": ", e.Args))
	case m.Method == "Runtime.exceptionThrown":
		p.problems = append(p.problems, e.ExceptionDetails.Text+" "+e.ExceptionDetails.Exception.Description)
	}
}
