package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// assets are the files for browsers, by name. All share one hash, made of all
// their contents, so that scripts can import each other by relative paths.
type assets struct {
	made func() map[string][]byte // files that are not written but made
	once sync.Once
	hash string
	all  map[string]*asset
}

// asset is a file in both its forms. Large ones are embedded compressed, and
// only made plain for the rare client that wants them so.
type asset struct {
	kind    string
	plainly func() []byte
	smally  func() []byte // nil where it does not pay
}

func newAsset(name string, body []byte) *asset {
	kind := mime.TypeByExtension(path.Ext(name))
	if path.Ext(name) == ".js" {
		kind = "text/javascript; charset=utf-8"
	}
	return &asset{
		kind: kind, plainly: func() []byte { return body },
		smally: sync.OnceValue(func() []byte { return compressed(body) }),
	}
}

// newSmallAsset is [newAsset] for what is compressed already.
func newSmallAsset(name string, body []byte) *asset {
	a := newAsset(name, nil)
	a.plainly = sync.OnceValue(func() []byte { return expanded(body) })
	a.smally = func() []byte { return body }
	return a
}

func (a *assets) load() {
	a.once.Do(func() {
		a.all = map[string]*asset{}
		sum := sha256.New()
		add := func(name string, body []byte) {
			if inside, small := strings.CutSuffix(name, ".gz"); small {
				a.all[inside] = newSmallAsset(inside, body)
			} else {
				a.all[name] = newAsset(name, body)
			}
			_, _ = sum.Write([]byte(name + "\x00"))
			_, _ = sum.Write(body)
		}
		_ = fs.WalkDir(files, "static", func(name string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				add(strings.TrimPrefix(name, "static/"), open(name))
			}
			return err
		})
		made := a.made()
		for _, name := range []string{"texts.js", "icons.js"} {
			add(name, made[name])
		}
		a.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	})
}

// path is a file's address inside a world.
func (a *assets) path(name string) string {
	a.load()
	return "/assets/" + a.hash + "/" + name
}

// made gives scripts the texts and the icons as modules.
func (s *Site) made() map[string][]byte {
	icons := map[string]string{}
	for name, i := range s.icons() {
		icons[name] = i.Inner
	}
	return map[string][]byte{
		"texts.js": module("texts", s.texts()),
		"icons.js": module("icons", icons),
	}
}

func module(name string, value any) []byte {
	body, err := json.Marshal(value)
	if err != nil {
		panic("web: " + err.Error()) // strings only
	}
	return append([]byte("export const "+name+" = "), append(body, ";\n"...)...)
}

// ServeAsset serves the files under "/assets/". An address with the present
// hash may be kept for ever; one with an older hash gives the present file,
// which is better than a broken page, but not to keep.
func (s *Site) ServeAsset(w http.ResponseWriter, r *http.Request) {
	s.assets.load()
	rest := strings.TrimPrefix(r.URL.Path, "/assets/")
	hash, name, _ := strings.Cut(rest, "/")
	file, ok := s.assets.all[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if hash == s.assets.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Content-Type", file.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	if small := file.smally(); small != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		_, _ = w.Write(small)
		return
	}
	_, _ = w.Write(file.plainly())
}

// ServeFavicon answers browsers that ask for /favicon.ico unasked.
func (s *Site) ServeFavicon(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, s.Prefix(r)+s.assets.path("mark.svg"), http.StatusFound)
}

// compressed is nil where that does not pay.
func compressed(plain []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(plain)
	_ = z.Close()
	if b.Len() >= len(plain) {
		return nil
	}
	return b.Bytes()
}

func expanded(small []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(small))
	if err != nil {
		panic("web: " + err.Error()) // embedded, and tested
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		panic("web: " + err.Error()) // as above
	}
	return plain
}
