package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/qr"
	"liksom/server/client"
	"liksom/server/servertest"
)

const billboard = `{"id":"billboard_1","redirectUrl":"https://example.com/myProduct?id=123","ttl":600}`

func TestARedirectCodeLivesItsLife(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.ask("POST", "/merchant-redirect", billboard).is(http.StatusOK).golden("redirect-created.json")
	s.ask("GET", "/merchant-redirect/billboard_1", "").is(http.StatusOK).golden("redirect-created.json")
	s.ask("GET", "/merchant-redirect", "").is(http.StatusOK).golden("redirect-list.json")

	said, err := s.Client.RedirectCode(t.Context(), "billboard_1", client.AsText)
	require.NoError(t, err)
	require.Regexp(t, `^`+s.URL+`/qr/r[A-Za-z0-9]{8}$`, said.URL)
	opened := s.fetch(said.URL).is(http.StatusFound)
	require.Equal(t, "https://example.com/myProduct?id=123", opened.Header.Get("Location"))
	require.Equal(t, "no-store", opened.Header.Get("Cache-Control"))

	var changed client.RedirectCode
	s.ask("PUT", "/merchant-redirect/billboard_1", `{"id":"tolerated","ttl":900,"redirectUrl":"https://example.com/other"}`, "Accept: text/targetUrl").is(http.StatusOK).into(&changed)
	require.Equal(t, client.RedirectCode{ID: "billboard_1", URL: said.URL, RedirectURL: "https://example.com/other", ExpiresIn: 600}, changed, "neither link nor life change")
	require.Equal(t, "https://example.com/other", s.fetch(said.URL).is(http.StatusFound).Header.Get("Location"))

	gone := s.ask("DELETE", "/merchant-redirect/billboard_1", "").is(http.StatusOK)
	require.Empty(t, gone.body)
	page := s.fetch(said.URL).is(http.StatusNotFound)
	require.Contains(t, page.body, "find this code")
	again := s.create(billboard)
	require.NotEqual(t, said.URL, again.URL, "a printed old code never works again")
}

func TestACodeEndsWithItsLife(t *testing.T) {
	t.Parallel()
	for _, store := range []string{"memory", "sqlite:" + t.TempDir() + "/world.db"} {
		s := open(t, servertest.WithStore(store))
		code := s.create(billboard)
		picture, err := s.Client.RedirectCode(t.Context(), "billboard_1", client.AsSVG)
		require.NoError(t, err)
		s.create(`{"id":"for ever","redirectUrl":"https://example.com/a"}`)
		s.Advance(t, 600*time.Second-time.Millisecond)
		left, err := s.Client.RedirectCode(t.Context(), "billboard_1", client.AsSVG)
		require.NoError(t, err)
		require.EqualValues(t, 0, left.ExpiresIn)
		s.fetch(code.URL).is(http.StatusFound)

		s.Advance(t, time.Millisecond)
		s.fetch(code.URL).is(http.StatusNotFound)
		s.fetch(picture.URL).is(http.StatusNotFound)
		s.ask("GET", "/merchant-redirect/billboard_1", "").is(http.StatusNotFound)
		s.ask("PUT", "/merchant-redirect/billboard_1", `{"redirectUrl":"https://example.com/b"}`).is(http.StatusNotFound)
		all, err := s.Client.RedirectCodes(t.Context())
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.EqualValues(t, -1, all[0].ExpiresIn)
		s.create(billboard)
	}
}

func TestWhatCannotBeARedirectCodeIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	with := func(id, target, ttl string) string {
		return fmt.Sprintf(`{"id":%s,"redirectUrl":%s,"ttl":%s}`, id, target, ttl)
	}
	const fine, there = `"a"`, `"https://example.com/a"`
	for name, c := range map[string]struct {
		body    string
		blames  []string
		headers []string
	}{
		"no id":                         {`{"redirectUrl":"https://example.com/a"}`, []string{"Id"}, nil},
		"an id of null":                 {with("null", there, "null"), []string{"Id"}, nil},
		"an empty id":                   {with(`""`, there, "null"), []string{"Id"}, nil},
		"an id of 129 characters":       {with(`"`+strings.Repeat("ø", 129)+`"`, there, "null"), []string{"Id"}, nil},
		"an id with a slash":            {with(`"a/b"`, there, "null"), []string{"Id"}, nil},
		"an id with a dot":              {with(`"a.b"`, there, "null"), []string{"Id"}, nil},
		"an id that is a list":          {with(`["a"]`, there, "null"), []string{"Id"}, nil},
		"no target":                     {`{"id":"a"}`, []string{"RedirectUrl"}, nil},
		"a target without a scheme":     {with(fine, `"example.com/a"`, "null"), []string{"RedirectUrl"}, nil},
		"a target for an app":           {with(fine, `"shop://a"`, "null"), []string{"RedirectUrl"}, nil},
		"a target that is a script":     {with(fine, `"javascript:alert(1)"`, "null"), []string{"RedirectUrl"}, nil},
		"a life of 299 seconds":         {with(fine, there, "299"), []string{"Ttl"}, nil},
		"a life of 2147483648 seconds":  {with(fine, there, "2147483648"), []string{"Ttl"}, nil},
		"a life as a text":              {with(fine, there, `"600"`), []string{"Ttl"}, nil},
		"a life with a fraction":        {with(fine, there, `600.5`), []string{"Ttl"}, nil},
		"all of it wrong":               {with("null", "null", "1"), []string{"Id", "RedirectUrl", "Ttl"}, nil},
		"a list":                        {`[]`, []string{"$"}, nil},
		"nothing":                       {``, []string{"$"}, nil},
		"half an object":                {`{"id":`, []string{"$"}, nil},
		"a size of 99 by header":        {with(fine, there, "null"), []string{"Size"}, []string{"Size: 99"}},
		"a size of 2001 by header":      {with(fine, there, "null"), []string{"Size"}, []string{"Size: 2001"}},
		"a size in words":               {with(fine, there, "null"), []string{"Size"}, []string{"Size: large"}},
		"a size of 2001 by body":        {`{"id":"a","redirectUrl":"https://example.com/a","size":2001}`, []string{"Size"}, nil},
		"a border of 101 pixels":        {`{"id":"a","redirectUrl":"https://example.com/a","whiteBorder":101}`, []string{"WhiteBorder"}, nil},
		"a border of less than nothing": {`{"id":"a","redirectUrl":"https://example.com/a","whiteBorder":-1}`, []string{"WhiteBorder"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := *s
			s.t = t
			s.ask("POST", "/merchant-redirect", c.body, append(c.headers, "Accept: image/png")...).blames(c.blames...)
		})
	}
	all, err := s.Client.RedirectCodes(t.Context())
	require.NoError(t, err)
	require.Empty(t, all)
	require.Equal(t, "[]\n", s.ask("GET", "/merchant-redirect", "").is(http.StatusOK).body)
	s.ask("POST", "/merchant-redirect", with(`"a.b"`, there, "null")).golden("invalid.json")
}

func TestWhatCanBeARedirectCodeIsTaken(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.openapi.Lenient("what is understood although no document says so")
	for name, body := range map[string]string{
		"an id of 128 characters":                             `{"id":"` + strings.Repeat("ø", 128) + `","redirectUrl":"https://example.com/a"}`,
		"the shortest life":                                   `{"id":"short","redirectUrl":"https://example.com/a","ttl":300}`,
		"the longest life":                                    `{"id":"long","redirectUrl":"https://example.com/a","ttl":2147483647}`,
		"an id that is a number":                              `{"id":17,"redirectUrl":"https://example.com/a"}`,
		"members in capitals":                                 `{"ID":"capitals","RedirectURL":"https://example.com/a"}`,
		"members nobody knows":                                `{"id":"unknown","redirectUrl":"https://example.com/a","colour":"red"}`,
		"a page on this machine":                              `{"id":"local","redirectUrl":"http://localhost:3000/pay"}`,
		"characters of which the real service would not have": `{"id":"tilde","redirectUrl":"https://example.com/~me,you"}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := *s
			s.t = t
			s.ask("POST", "/merchant-redirect", body).is(http.StatusOK)
		})
	}
}

func TestStrictModeRefusesWhatTheRealServiceDoes(t *testing.T) {
	t.Parallel()
	s := open(t, servertest.With(strict))
	for name, c := range map[string]struct {
		body   string
		blames string
	}{
		"http":                       {`{"id":"a","redirectUrl":"http://example.com/a"}`, "RedirectUrl"},
		"a page on this machine":     {`{"id":"a","redirectUrl":"https://localhost/a"}`, "RedirectUrl"},
		"a private address":          {`{"id":"a","redirectUrl":"https://192.168.1.7/a"}`, "RedirectUrl"},
		"a tilde":                    {`{"id":"a","redirectUrl":"https://example.com/~a"}`, "RedirectUrl"},
		"a member that is not known": {`{"id":"a","redirectUrl":"https://example.com/a","colour":"red"}`, "colour"},
	} {
		t.Run(name, func(t *testing.T) {
			s := *s
			s.t = t
			s.ask("POST", "/merchant-redirect", c.body).blames(c.blames)
		})
	}
	s.ask("POST", "/merchant-redirect", `{"id":"a","redirectUrl":"https://my-shop.example.com/p?id=1&x=%7E#top","ttl":null}`).is(http.StatusOK)
}

func TestAnIDIsTakenOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.create(billboard)
	taken := s.ask("POST", "/merchant-redirect", billboard).is(http.StatusConflict)
	require.JSONEq(t, `{"id":"billboard_1"}`, taken.body)
	require.Equal(t, "application/json; charset=utf-8", taken.Header.Get("Content-Type"))

	s.as(of("234567"))
	s.create(billboard) // of another sales unit
	var all []client.RedirectCode
	s.ask("GET", "/merchant-redirect", "").is(http.StatusOK).into(&all)
	require.Len(t, all, 1)
}

func TestOfManyWhoWantOneIDOneGetsIt(t *testing.T) {
	t.Parallel()
	s := open(t)
	var mu sync.Mutex
	statuses := map[int]int{}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			got := s.ask("POST", "/merchant-redirect", billboard)
			mu.Lock()
			defer mu.Unlock()
			statuses[got.StatusCode]++
		})
	}
	all.Wait()
	require.Equal(t, map[int]int{200: 1, 409: 49}, statuses)
}

func TestIDsAreFoundInThePathHoweverTheyAreSpelled(t *testing.T) {
	t.Parallel()
	for id, path := range map[string]string{
		"billboard 1": "billboard%201", "kjøkken": "kj%C3%B8kken", "a%b": "a%25b", "a+b": "a+b", "ÆØÅ-_": "%C3%86%C3%98%C3%85-_",
		"v1": "v1", "%20": "%2520",
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.create(fmt.Sprintf(`{"id":%q,"redirectUrl":"https://example.com/a"}`, id))
			s.ask("GET", "/merchant-redirect/"+path, "").is(http.StatusOK)
			s.ask("PUT", "/merchant-redirect/"+path, `{"redirectUrl":"https://example.com/b"}`).is(http.StatusOK)
			s.ask("DELETE", "/merchant-redirect/"+path+"/", "").is(http.StatusOK)
			s.ask("GET", "/merchant-redirect/"+path, "").is(http.StatusNotFound).golden("not-found.json")
			require.NoError(t, s.Client.PutCallbackCode(t.Context(), id, "Kasse 1"))
			s.ask("GET", "/merchant-callback/"+path, "").is(http.StatusOK)
		})
	}
}

func TestASlashAtTheEndIsNoMatter(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.ask("POST", "/merchant-redirect/", billboard).is(http.StatusOK)
	s.ask("GET", "/merchant-redirect/", "").is(http.StatusOK)
	s.ask("GET", "/merchant-redirect/billboard_1/", "").is(http.StatusOK)
}

func TestListsAreOldestFirst(t *testing.T) {
	t.Parallel()
	s := open(t, servertest.WithStore("sqlite:"+t.TempDir()+"/world.db"))
	want := []string{"z", "a", "m", "b"}
	for _, id := range want {
		s.create(`{"id":"` + id + `","redirectUrl":"https://example.com/a"}`)
		require.NoError(t, s.Client.PutCallbackCode(t.Context(), id, "Kasse"))
	}
	_, err := s.Client.AimRedirectCode(t.Context(), "z", "https://example.com/b")
	require.NoError(t, err)
	all, err := s.Client.RedirectCodes(t.Context())
	require.NoError(t, err)
	var got, placed []string
	for _, code := range all {
		got = append(got, code.ID)
	}
	require.Equal(t, want, got)
	var callbacks []client.CallbackCode
	s.ask("GET", "/merchant-callback", "").is(http.StatusOK).into(&callbacks)
	for _, code := range callbacks {
		placed = append(placed, code.ID)
	}
	require.Equal(t, want, placed)
}

func TestTheAcceptHeaderChoosesTheForm(t *testing.T) {
	t.Parallel()
	s := open(t)
	code := s.create(billboard)
	for accept, want := range map[string]string{
		"image/*": "image/svg+xml", "image/svg+xml": "image/svg+xml", "*/*": "image/svg+xml", "": "image/svg+xml",
		"image/png": "image/png", "IMAGE/PNG; q=0.9": "image/png", "application/json, image/png, */*": "image/png",
		"application/json, text/plain, */*": "image/svg+xml",
	} {
		t.Run(accept, func(t *testing.T) {
			s := *s
			s.t = t
			var got client.RedirectCode
			s.ask("GET", "/merchant-redirect/billboard_1", "", "Accept: "+accept).is(http.StatusOK).into(&got)
			require.Equal(t, want, s.fetch(got.URL).is(http.StatusOK).Header.Get("Content-Type"))
		})
	}
	for method, path := range map[string]string{"POST": "", "GET": "", "PUT": "/billboard_1"} {
		for _, accept := range []string{"application/json", "text/html", "image/jpeg", "text"} {
			s.ask(method, "/merchant-redirect"+path, billboard, "Accept: "+accept).is(http.StatusUnsupportedMediaType).golden("unsupported.json")
		}
	}
	s.ask("DELETE", "/merchant-redirect/billboard_1", "", "Accept: text/html").is(http.StatusOK)
	s.fetch(code.URL).is(http.StatusNotFound)
}

func TestPicturesSayTheLinkAtEverySize(t *testing.T) {
	t.Parallel()
	s := open(t)
	code := s.create(billboard)
	for _, size := range []string{"100", "200", "1024", "2000", ""} {
		t.Run(size, func(t *testing.T) {
			s := *s
			s.t = t
			var got client.RedirectCode
			headers := []string{"Accept: image/png"}
			if size != "" {
				headers = append(headers, "Size: "+size)
			}
			s.ask("GET", "/merchant-redirect/billboard_1", "", headers...).is(http.StatusOK).into(&got)
			picture := s.fetch(got.URL).is(http.StatusOK)
			said, err := qr.Decode([]byte(picture.body))
			require.NoError(t, err)
			require.Equal(t, code.URL, said)
		})
	}
}

func TestTheBodysSizeAndBorderWin(t *testing.T) {
	t.Parallel()
	s := open(t)
	var got client.RedirectCode
	body := `{"id":"a","redirectUrl":"https://example.com/a","size":300,"whiteBorder":0}`
	s.ask("POST", "/merchant-redirect", body, "Accept: image/png", "Size: 200").is(http.StatusOK).into(&got)
	require.Contains(t, got.URL, ".png.300.b0")
	said, err := qr.Decode([]byte(s.fetch(got.URL).is(http.StatusOK).body))
	require.NoError(t, err)
	require.Regexp(t, `/qr/r\w{8}$`, said)
}

func TestPicturesOfMerchantsCodesDoNotExpire(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.create(`{"id":"for ever","redirectUrl":"https://example.com/a"}`)
	code, err := s.Client.RedirectCode(t.Context(), "for ever", client.AsPNG)
	require.NoError(t, err)
	before := s.fetch(code.URL).is(http.StatusOK).body
	s.Advance(t, 365*24*time.Hour)
	_, err = s.Client.AimRedirectCode(t.Context(), "for ever", "https://example.com/b")
	require.NoError(t, err)
	require.Equal(t, before, s.fetch(code.URL).is(http.StatusOK).body, "the picture's content never changes")
	require.NoError(t, s.Client.DeleteRedirectCode(t.Context(), "for ever"))
	s.fetch(code.URL).is(http.StatusNotFound)
}

func TestCodesLeadBackIntoTheirWorld(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.create(billboard)
	other := *s
	other.Sim = s.World(t, "ci-42")
	other.as(client.Demo())
	code := other.create(billboard) // the id is free there
	require.Contains(t, code.URL, "/w/ci-42/qr/r")
	other.fetch(code.URL).is(http.StatusFound)
	done, err := other.Client.Scan(t.Context(), kari, code.URL)
	require.NoError(t, err)
	require.Equal(t, "https://example.com/myProduct?id=123", done.URL)
}
