package qr

import (
	"bytes"
	"crypto/rand"
	"html/template"
	"net/http"
)

// counterView is what the pages of a callback code show.
type counterView struct {
	Shop   string
	Place  string
	Owners []Owner
	// Owner, Reached and Notice tell what came of checking in.
	Owner   Owner
	Reached bool
	Notice  string
}

func (d *Door) counterView(code *Sticker) counterView {
	return counterView{Shop: d.Shop(code.MSN), Place: code.Place, Owners: d.Owners()}
}

// frame is around every page of this door. The pages do without scripts and
// without other files, so that any scanner can show them.
const frame = `{{define "page"}}<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{template "title" .View}}</title>
<style nonce="{{.Nonce}}">
body { margin: 0; font: 400 16px/1.5 system-ui, sans-serif; color: #1c1a17; background: #faf8f4; }
.stripe { display: flex; align-items: center; justify-content: center; min-height: 28px; padding: 2px 16px;
  background: #FFC53D; color: #1b1b1f; font-size: 13px; font-weight: 600; text-align: center; }
main { max-width: 560px; margin: 64px auto; padding: 0 24px; }
h1 { font-size: 24px; letter-spacing: -0.03em; }
form { display: grid; gap: 8px; }
button { display: flex; justify-content: space-between; gap: 16px; padding: 14px 16px; font: inherit; text-align: start;
  color: inherit; background: #fff; border: 1px solid #8a8378; border-radius: 10px; cursor: pointer; }
button:hover { background: #fff6df; }
button:focus-visible, a:focus-visible { outline: 3px solid #1c1a17; outline-offset: 2px; }
.number { font-variant-numeric: tabular-nums; }
a { color: inherit; }
@media (prefers-color-scheme: dark) {
  body { color: #f2efe9; background: #17161a; }
  button { background: #222126; border-color: #8f8a80; }
  button:hover { background: #2e2a1d; }
  button:focus-visible, a:focus-visible { outline-color: #f2efe9; }
}
@media (forced-colors: active) { .stripe { border: 1px solid; } }
</style>
</head>
<body>
<section class="stripe" aria-label="Liksom" data-testid="sim-stripe">Simulator. No real money moves.</section>
<main>
<h1>{{template "title" .View}}</h1>
{{template "content" .View}}
</main>
</body>
</html>
{{end}}`

func htmlPage(title, content string) *template.Template {
	t := template.Must(template.New("").Parse(frame))
	return template.Must(t.Parse(`{{define "title"}}` + title + `{{end}}{{define "content"}}` + content + `{{end}}`))
}

var (
	// lostPage is all there is to say about a code that leads nowhere.
	lostPage = htmlPage(`We can't find this code`, `<p>It was never made here, or its time is over. Ask the shop for a new code.</p>`)

	choosePage = htmlPage(`Check in at {{.Shop}}`, `<p>{{.Place}}</p>
{{with .Notice}}<p role="alert">{{.}}</p>{{end}}
<p>A real app would check you in right away. Which of the simulator's phones scans this code?</p>
<form method="post">
{{range .Owners}}<button name="phone" value="{{.Number}}"><span>{{.Name}}</span> <span class="number">{{.Number}}</span></button>
{{else}}<p>There are no phones here. Add one first.</p>{{end}}</form>`)

	donePage = htmlPage(`{{if .Reached}}{{.Owner.Name}} is checked in at {{.Shop}}{{else}}{{.Shop}} cannot be reached{{end}}`, `<p>{{.Place}}</p>
<p role="status">{{.Notice}}</p>
<p><a href="../phone/{{.Owner.Number}}">Open {{.Owner.Name}}'s phone</a></p>
<form method="post"><button name="phone" value="{{.Owner.Number}}">Scan again</button></form>`)
)

func show(w http.ResponseWriter, status int, page *template.Template, view any) {
	var body bytes.Buffer
	nonce := rand.Text()
	if err := page.ExecuteTemplate(&body, "page", map[string]any{"Nonce": nonce, "View": view}); err != nil {
		panic("qr: a page of our own making cannot be drawn: " + err.Error())
	}
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+nonce+"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	head.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // whoever has gone needs no page
}
